"""The one place that joins ports to adapters. What a use case is made of stands here, and nowhere else.

Everything is made once per process, when first asked for. Adapters are imported where they are chosen: a cold
start pays for what it uses.
"""

from coaching.wiring.escalating import (
    advance_escalation,
    answer_escalation,
    escalations,
    put_rota,
    raise_escalation,
    read_escalation,
    rotas,
    speak_as_human,
    sweep_escalations,
)
from coaching.wiring.ingesting import (
    announce_document,
    complete_upload,
    delete_document,
    embed_passages,
    end_ingestion,
    extract_document,
    fail_deletion,
    fail_document,
    find_removed_sources,
    index_passages,
    permit_version,
    postpone_embedding,
    publish_document,
    receive_upload,
    remove_document,
    retry_document,
    split_document,
    sweep_documents,
    take_upload,
    verify_removal,
)
from coaching.wiring.metrics import give_feedback, record_turn, see_usage, spending
from coaching.wiring.models import chat_cards, choose_models, kept_answers, meter_calls
from coaching.wiring.people import change_goal, change_profile, describe_creator, set_goal
from coaching.wiring.records import answered_requests, conversations, creators, documents, goals, profiles, turns
from coaching.wiring.replying import ask_coach, begin_conversation, continue_conversation, recall_turn
from coaching.wiring.searching import embedder, passages, reindex_passages, search_passages
from coaching.wiring.speech import finish_transcription, start_transcription
from coaching.wiring.switching import begin_switch, fail_switch, see_current_model, switch_model
from coaching.wiring.verifying import verify_models

__all__ = [
    "advance_escalation",
    "announce_document",
    "answer_escalation",
    "answered_requests",
    "ask_coach",
    "begin_conversation",
    "begin_switch",
    "change_goal",
    "change_profile",
    "chat_cards",
    "choose_models",
    "complete_upload",
    "continue_conversation",
    "conversations",
    "creators",
    "delete_document",
    "describe_creator",
    "documents",
    "embed_passages",
    "embedder",
    "end_ingestion",
    "escalations",
    "extract_document",
    "fail_deletion",
    "fail_document",
    "fail_switch",
    "find_removed_sources",
    "finish_transcription",
    "give_feedback",
    "goals",
    "index_passages",
    "kept_answers",
    "meter_calls",
    "passages",
    "permit_version",
    "postpone_embedding",
    "profiles",
    "publish_document",
    "put_rota",
    "raise_escalation",
    "read_escalation",
    "recall_turn",
    "receive_upload",
    "record_turn",
    "reindex_passages",
    "remove_document",
    "retry_document",
    "rotas",
    "search_passages",
    "see_current_model",
    "see_usage",
    "set_goal",
    "speak_as_human",
    "spending",
    "split_document",
    "start_transcription",
    "sweep_documents",
    "sweep_escalations",
    "switch_model",
    "take_upload",
    "turns",
    "verify_models",
    "verify_removal",
]
