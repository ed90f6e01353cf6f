"""Turns are measured once, without a word, and never at the reply's expense."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from coaching.adapters.memory.conversations import MemoryConversations, MemoryTurns
from coaching.adapters.memory.feedback import MemoryGivenFeedback
from coaching.adapters.memory.turn_metrics import MemoryMeasuredTurns
from coaching.errors import NotFound, StorageUnavailable
from coaching.metrics.rating import GiveFeedback
from coaching.metrics.recording import RecordTurn
from coaching.metrics.turn import TurnMetrics, measured_turn
from coaching.vocabulary import ConversationId, ReplyKind, Turn
from tests.adapters.storage.samples import conversation, identity, turn

WHO = identity()


@pytest.fixture
def conversations() -> MemoryConversations:
    return MemoryConversations()


@pytest.fixture
def said(conversations: MemoryConversations) -> Turn:
    conversations.create(conversation())
    said = turn(conversation())
    MemoryTurns(conversations).append(conversation(), said)
    return said


def replied(said: Turn, **changes: Any) -> Turn:
    return replace(said, reply=replace(said.reply, **changes))


def test_a_turn_is_kept_and_emitted_once(conversations: MemoryConversations, said: Turn) -> None:
    emitted: list[TurnMetrics] = []
    lost: list[Exception] = []
    measured = MemoryMeasuredTurns(conversations)
    record = RecordTurn(measured, emitted.append, lost.append)
    record(WHO, said, fallback="timeout", chosen="It was the only one.")
    record(WHO, said)
    assert emitted == [measured.get(WHO.creator_id, WHO.user_id, said.message_id)]
    assert (emitted[0].fallback, emitted[0].chosen) == ("timeout", "It was the only one.")
    assert lost == []


@dataclass(frozen=True)
class Away(MemoryMeasuredTurns):
    def create(self, metrics: TurnMetrics) -> bool:
        raise StorageUnavailable("The storage did not answer; try again shortly.")


def test_figures_that_cannot_be_kept_leave_the_reply_alone(conversations: MemoryConversations, said: Turn) -> None:
    lost: list[Exception] = []
    RecordTurn(Away(conversations), lambda _: None, lost.append)(WHO, said)
    assert [type(error) for error in lost] == [StorageUnavailable]


def test_figures_hold_no_word_of_the_turn(said: Turn) -> None:
    kept = str(asdict(measured_turn(WHO, said)))
    assert said.text not in kept
    assert said.reply.text not in kept
    assert said.reply.citations[0].quote not in kept


def test_what_is_known_of_a_turn_is_measured(said: Turn) -> None:
    metrics = measured_turn(WHO, replace(said, cut=True))
    assert (metrics.first_token_ms, metrics.total_ms) == (said.latency.first_token, said.latency.total)
    assert (metrics.model, metrics.confidence) == (said.reply.model, said.reply.confidence)
    assert (metrics.input_tokens, metrics.output_tokens, metrics.cut) == (10, 20, True)
    assert (metrics.satisfaction, metrics.brand_consistency) == (None, None)


@pytest.mark.parametrize(
    ("kind", "grounded", "accuracy"),
    [("answer", True, 1.0), ("quote", True, 1.0), ("abstain", False, None), ("crisis", False, None)],
)
def test_only_what_states_something_can_be_accurate(
    said: Turn, kind: ReplyKind, grounded: bool, accuracy: float | None
) -> None:
    assert measured_turn(WHO, replied(said, kind=kind, grounded=grounded)).accuracy == accuracy


@pytest.mark.parametrize(
    ("kind", "escalation_id", "required"),
    [("answer", None, False), ("answer", "01E", True), ("apology", None, True), ("crisis", None, True)],
)
def test_an_apology_and_a_crisis_need_a_human(
    said: Turn, kind: ReplyKind, escalation_id: str | None, required: bool
) -> None:
    metrics = measured_turn(WHO, replace(replied(said, kind=kind), escalation_id=escalation_id))
    assert metrics.escalation_required == required


def test_feedback_is_the_turn_s_satisfaction(conversations: MemoryConversations, said: Turn) -> None:
    measured, given = MemoryMeasuredTurns(conversations), MemoryGivenFeedback(conversations)
    measured.create(measured_turn(WHO, said))
    give = GiveFeedback(given, measured)
    give(WHO, said.conversation_id, said.message_id, "down", comment="Too long.")
    told = give(WHO, said.conversation_id, said.message_id, "up", better_answer="One step.")
    assert given.get(WHO.creator_id, WHO.user_id, said.message_id) == told
    assert (told.rating, told.comment, told.better_answer) == ("up", "", "One step.")
    assert measured.get(WHO.creator_id, WHO.user_id, said.message_id).satisfaction == "up"


def test_feedback_on_another_s_message_changes_nothing(conversations: MemoryConversations, said: Turn) -> None:
    measured = MemoryMeasuredTurns(conversations)
    measured.create(measured_turn(WHO, said))
    give = GiveFeedback(MemoryGivenFeedback(conversations), measured)
    with pytest.raises(NotFound):
        give(identity(user_id="user-2"), said.conversation_id, said.message_id, "down")
    with pytest.raises(NotFound):
        give(WHO, ConversationId("01K2"), said.message_id, "down")
    assert measured.get(WHO.creator_id, WHO.user_id, said.message_id).satisfaction is None
