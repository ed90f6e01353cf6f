"""The conversation: which model replies, and all that a reply is made of."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.wiring.ingesting import find_removed_sources
from coaching.wiring.metrics import record_turn
from coaching.wiring.models import choose_models, meter_calls
from coaching.wiring.records import conversations, creators, goals, profiles, turns
from coaching.wiring.searching import search_passages, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coaching.conversation.ask_coach import AskCoach
    from coaching.conversation.beginning import BeginConversation
    from coaching.conversation.continuing import ContinueConversation
    from coaching.conversation.recalling import RecallTurn
    from coaching.vocabulary import CreatorId, Identity, Scalar, Turn

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
        record=_record,
    )


def _no_model(_creator_id: "CreatorId", _settings: "Mapping[str, Scalar]") -> None:
    return None


def _record(who: "Identity", turn: "Turn", fallback: str) -> None:
    record_turn()(who, turn, fallback=fallback)
    # Afterwards the process may be put to sleep.
    meter_calls().settle(SETTLE_SECONDS)


@cache
def recall_turn() -> "RecallTurn":
    from coaching.conversation.recalling import RecallTurn

    return RecallTurn(conversations(), turns(), find_removed_sources())
