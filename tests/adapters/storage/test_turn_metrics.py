"""The figures of turns: what every adapter promises."""

from dataclasses import replace

import pytest

from coaching.adapters.aws import keys
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.aws.turn_metrics import DynamoDBMeasuredTurns
from coaching.adapters.memory.conversations import MemoryConversations
from coaching.adapters.memory.turn_metrics import MemoryMeasuredTurns
from coaching.conversation.ports import Conversations, Turns
from coaching.errors import NotFound
from coaching.metrics.ports import MeasuredTurns
from coaching.metrics.turn import TurnMetrics, measured_turn
from coaching.vocabulary import CreatorId, MessageId, Turn, UserId
from tests.adapters.storage.conversation_records import InDynamoDB, InMemory
from tests.adapters.storage.samples import conversation, feedback, identity, turn

HEARTH, ADA = CreatorId("hearth"), UserId("user-1")
ELSEWHERE = [("hearth", "user-10"), ("heart", "user-1")]


def figures(of: Turn) -> TurnMetrics:
    return measured_turn(identity(), of, fallback="timeout")


class MeasuredTurnsContract:
    @pytest.fixture
    def said(self, conversations: Conversations, turns: Turns) -> Turn:
        conversations.create(conversation())
        said = turn(conversation())
        turns.append(conversation(), said)
        return said

    def test_gives_back_what_was_measured(self, measured: MeasuredTurns, said: Turn) -> None:
        assert measured.create(figures(said))
        assert measured.get(HEARTH, ADA, said.message_id) == figures(said)

    def test_keeps_the_first_figures_of_a_turn(self, measured: MeasuredTurns, said: Turn) -> None:
        assert measured.create(figures(said))
        assert not measured.create(replace(figures(said), total_ms=99_999))
        assert measured.get(HEARTH, ADA, said.message_id) == figures(said)

    @pytest.mark.parametrize(("creator_id", "user_id"), ELSEWHERE)
    def test_keeps_users_apart(self, measured: MeasuredTurns, said: Turn, creator_id: str, user_id: str) -> None:
        measured.create(figures(said))
        measured.rate(replace(feedback(said, creator_id, user_id)))
        with pytest.raises(NotFound):
            measured.get(CreatorId(creator_id), UserId(user_id), said.message_id)
        assert measured.get(HEARTH, ADA, said.message_id).satisfaction is None

    def test_takes_the_latest_rating(self, measured: MeasuredTurns, said: Turn) -> None:
        measured.create(figures(said))
        measured.rate(replace(feedback(said), rating="down"))
        measured.rate(feedback(said))
        assert measured.get(HEARTH, ADA, said.message_id) == replace(figures(said), satisfaction="up")

    def test_rates_nothing_that_was_not_measured(self, measured: MeasuredTurns, said: Turn) -> None:
        measured.rate(feedback(said))
        with pytest.raises(NotFound):
            measured.get(HEARTH, ADA, said.message_id)

    def test_goes_with_its_conversation(
        self, measured: MeasuredTurns, conversations: Conversations, turns: Turns, said: Turn
    ) -> None:
        other = conversation(conversation_id="01K2")
        conversations.create(other)
        stays = turn(other)
        turns.append(other, stays)
        measured.create(figures(said))
        measured.create(figures(stays))
        conversations.remove(HEARTH, ADA, said.conversation_id)
        with pytest.raises(NotFound):
            measured.get(HEARTH, ADA, said.message_id)
        assert measured.get(HEARTH, ADA, stays.message_id) == figures(stays)

    def test_measures_no_turn_of_a_conversation_that_is_gone(
        self, measured: MeasuredTurns, conversations: Conversations, said: Turn
    ) -> None:
        conversations.remove(HEARTH, ADA, said.conversation_id)
        with pytest.raises(NotFound):
            measured.create(figures(said))
        with pytest.raises(NotFound):
            measured.get(HEARTH, ADA, said.message_id)


class TestInMemory(InMemory, MeasuredTurnsContract):
    @pytest.fixture
    def measured(self, conversations: MemoryConversations) -> MemoryMeasuredTurns:
        return MemoryMeasuredTurns(conversations)


class TestDynamoDB(InDynamoDB, MeasuredTurnsContract):
    @pytest.fixture
    def measured(self, table: DynamoDBTable) -> DynamoDBMeasuredTurns:
        return DynamoDBMeasuredTurns(table)

    def test_counts_each_turn_once_in_its_creator_s_day(
        self, measured: MeasuredTurns, turns: Turns, conversations: Conversations, table: DynamoDBTable, said: Turn
    ) -> None:
        talk = conversations.get(HEARTH, ADA, said.conversation_id)
        second = turn(talk)
        turns.append(talk, second)
        for each in (said, said, second):
            measured.create(figures(each))
        day = table.found(keys.day(HEARTH, "2026-03-29"))
        assert (day["turns"], day["kind_answer"], day["fallbacks"]) == ({"N": "2"}, {"N": "2"}, {"N": "2"})
        assert (day["response_ms"], day["output_tokens"], day["turns_cut"]) == ({"N": "18"}, {"N": "40"}, {"N": "0"})

    def test_deleting_a_long_conversation_leaves_nothing_of_its_messages(
        self, measured: MeasuredTurns, turns: Turns, conversations: Conversations, table: DynamoDBTable
    ) -> None:
        talk = conversation()
        conversations.create(talk)
        for _ in range(30):
            said = turn(talk)
            talk = turns.append(talk, said)
            measured.create(figures(said))
        conversations.remove(HEARTH, ADA, talk.conversation_id)
        left = table.client().scan(TableName=table.name)["Items"]
        assert [item["sk"]["S"] for item in left] == ["day#2026-03-29"]

    def test_no_word_of_the_turn_is_kept(self, measured: MeasuredTurns, table: DynamoDBTable, said: Turn) -> None:
        measured.create(figures(said))
        kept = str(table.found(keys.turn_metrics(HEARTH, ADA, MessageId(said.message_id))))
        assert said.text not in kept
        assert "Begin small" not in kept
