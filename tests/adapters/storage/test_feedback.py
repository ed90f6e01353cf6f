"""Feedback: what every adapter promises."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from coaching.adapters.aws.conversations import DynamoDBConversations
from coaching.adapters.aws.feedback import DynamoDBGivenFeedback
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.conversations import MemoryConversations
from coaching.adapters.memory.feedback import MemoryGivenFeedback
from coaching.conversation.ports import Conversations, Turns
from coaching.errors import NotFound
from coaching.metrics.ports import GivenFeedback
from coaching.vocabulary import ConversationId, CreatorId, MessageId, Turn, UserId, new_ulid
from tests.adapters.storage.conversation_records import InDynamoDB, InMemory
from tests.adapters.storage.faults import ConflictsAtFirst, OneDeletionAtATime
from tests.adapters.storage.samples import conversation, feedback, turn

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEARTH, ADA = CreatorId("hearth"), UserId("user-1")


class GivenFeedbackContract:
    @pytest.fixture
    def said(self, conversations: Conversations, turns: Turns) -> Turn:
        conversations.create(conversation())
        said = turn(conversation())
        turns.append(conversation(), said)
        return said

    def test_gives_back_what_was_said(self, given: GivenFeedback, said: Turn) -> None:
        given.save(feedback(said))
        assert given.get(HEARTH, ADA, said.message_id) == feedback(said)

    def test_the_last_word_replaces_what_was_said_before(self, given: GivenFeedback, said: Turn) -> None:
        later = replace(feedback(said), rating="down", comment="")
        given.save(feedback(said))
        given.save(later)
        assert given.get(HEARTH, ADA, said.message_id) == later

    @pytest.mark.parametrize(("creator_id", "user_id"), [("hearth", "user-10"), ("heart", "user-1")])
    def test_nobody_judges_another_s_message(
        self, given: GivenFeedback, conversations: Conversations, said: Turn, creator_id: str, user_id: str
    ) -> None:
        conversations.create(conversation(creator_id, user_id))
        with pytest.raises(NotFound):
            given.save(feedback(said, creator_id, user_id))
        with pytest.raises(NotFound):
            given.get(CreatorId(creator_id), UserId(user_id), said.message_id)

    def test_a_message_that_was_never_sent_is_not_judged(self, given: GivenFeedback, said: Turn) -> None:
        for unknown in (
            replace(feedback(said), message_id=MessageId(new_ulid())),
            replace(feedback(said), conversation_id=ConversationId("01K2")),
        ):
            with pytest.raises(NotFound):
                given.save(unknown)
            assert unknown.message_id != said.message_id or _nothing_said(given, said)

    def test_goes_with_its_conversation(self, given: GivenFeedback, conversations: Conversations, said: Turn) -> None:
        given.save(feedback(said))
        conversations.remove(HEARTH, ADA, said.conversation_id)
        assert _nothing_said(given, said)
        with pytest.raises(NotFound):
            given.save(feedback(said))
        assert _nothing_said(given, said)


def _nothing_said(given: GivenFeedback, on: Turn) -> bool:
    try:
        given.get(HEARTH, ADA, on.message_id)
    except NotFound:
        return True
    return False


class TestInMemory(InMemory, GivenFeedbackContract):
    @pytest.fixture
    def given(self, conversations: MemoryConversations) -> MemoryGivenFeedback:
        return MemoryGivenFeedback(conversations)


class TestDynamoDB(InDynamoDB, GivenFeedbackContract):
    @pytest.fixture
    def given(self, table: DynamoDBTable) -> DynamoDBGivenFeedback:
        return DynamoDBGivenFeedback(table)

    def test_deleting_a_conversation_leaves_nothing_though_the_table_takes_deletions_one_by_one(
        self, given: GivenFeedback, conversations: Conversations, turns: Turns, said: Turn, table: DynamoDBTable
    ) -> None:
        second = turn(conversations.get(HEARTH, ADA, said.conversation_id))
        turns.append(conversations.get(HEARTH, ADA, said.conversation_id), second)
        for each in (said, second):
            given.save(feedback(each))
        slow = cast("DynamoDBClient", OneDeletionAtATime(table.client()))
        DynamoDBConversations(DynamoDBTable(lambda: slow, table.name)).remove(HEARTH, ADA, said.conversation_id)
        assert table.client().scan(TableName=table.name)["Items"] == []

    def test_is_kept_though_a_message_is_sent_at_the_same_time(
        self, conversations: Conversations, said: Turn, table: DynamoDBTable
    ) -> None:
        busy = cast("DynamoDBClient", ConflictsAtFirst(table.client()))
        given = DynamoDBGivenFeedback(DynamoDBTable(lambda: busy, table.name))
        given.save(feedback(said))
        assert given.get(HEARTH, ADA, said.message_id) == feedback(said)
