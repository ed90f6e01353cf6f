"""The conversation: which model replies, and all that a reply is made of."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.wiring.caring import care_for_user, standards
from coaching.wiring.current_model import watch_switch
from coaching.wiring.ingesting import find_removed_sources
from coaching.wiring.metrics import record_turn
from coaching.wiring.models import chat_cards, choose_models, kept_answers, meter_calls
from coaching.wiring.records import conversations, creators, goals, profiles, turns
from coaching.wiring.searching import search_passages, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coaching.conversation.ask_coach import AskCoach
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.continuing import ContinueConversation
    from coaching.conversation.events import Done
    from coaching.conversation.recalling import RecallTurn
    from coaching.vocabulary import CreatorId, Identity, Scalar

SETTLE_SECONDS = 1.0


@cache
def begin_conversation() -> "BeginConversation":
    from coaching.conversation.beginning import BeginConversation

    return BeginConversation(conversations())


@cache
def continue_conversation() -> "ContinueConversation":
    from coaching.conversation.continuing import ContinueConversation

    return ContinueConversation(conversations())


@cache
def ask_coach() -> "AskCoach":
    from coaching.adapters.embedding.hashed_words import HashedWords
    from coaching.conversation.ask_coach import AskCoach

    return AskCoach(
        conversations=conversations(),
        turns=turns(),
        creators=creators(),
        profiles=profiles(),
        goals=goals(),
        search=search_passages(),
        removed=find_removed_sources(),
        tokens=tokens(),
        words=HashedWords(),
        model_of=choose_models() or _no_model,
        care=care_for_user(),
        standards=standards(),
        record=_record,
    )


def _no_model(_creator_id: "CreatorId", _settings: "Mapping[str, Scalar]") -> None:
    return None


def _record(who: "Identity", done: "Done") -> None:
    if done.fallback:
        # Asked again, a model may do better than with the answer that was taken back.
        kept_answers().forget(who.creator_id, who.user_id)
    record_turn()(who, done.turn, fallback=done.fallback, chosen=done.chosen)
    if chat_cards():
        watch_switch().report()
    # Afterwards the process may be put to sleep.
    meter_calls().settle(SETTLE_SECONDS)


@cache
def recall_turn() -> "RecallTurn":
    from coaching.conversation.recalling import RecallTurn

    return RecallTurn(conversations(), turns(), find_removed_sources())
