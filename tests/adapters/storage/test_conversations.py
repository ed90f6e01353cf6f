"""Conversations and their turns: what every adapter promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from coaching.adapters.aws import keys
from coaching.adapters.aws.conversations import DynamoDBConversations, DynamoDBTurns
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.conversations import MemoryConversations, MemoryTurns
from coaching.conversation.ports import Conversation, Turns
from coaching.errors import Malformed, NotFound, StaleWrite, StorageUnavailable
from coaching.vocabulary import ConversationId, CreatorId, UserId
from tests.adapters.storage.conversation_records import InDynamoDB, InMemory
from tests.adapters.storage.samples import conversation, turn

HEARTH, ADA, FIRST = CreatorId("hearth"), UserId("user-1"), ConversationId("01K")
Conversations = DynamoDBConversations | MemoryConversations
KeptTurns = DynamoDBTurns | MemoryTurns
ELSEWHERE = [("hearth", "user-10", "01K"), ("hearth", "user-", "01K"), ("heart", "user-1", "01K")]


def with_turns(turns: Turns, talk: Conversation, count: int) -> Conversation:
    for number in range(count):
        talk = turns.append(talk, turn(talk, f"message {number}"))
    return talk


class ConversationsContract:
    def test_gives_back_what_was_created(self, conversations: Conversations) -> None:
        conversations.create(conversation())
        assert conversations.get(HEARTH, ADA, FIRST) == conversation()

    def test_leaves_a_conversation_that_is_there_as_it_is(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        grown = turns.append(conversation(), turn(conversation()))
        conversations.create(conversation())
        assert conversations.get(HEARTH, ADA, FIRST) == grown

    @pytest.mark.parametrize(("creator_id", "user_id", "conversation_id"), [*ELSEWHERE, ("hearth", "user-1", "01K2")])
    def test_keeps_users_apart(
        self, conversations: Conversations, turns: Turns, creator_id: str, user_id: str, conversation_id: str
    ) -> None:
        conversations.create(conversation())
        turns.append(conversation(), turn(conversation()))
        other = conversation(creator_id, user_id, conversation_id)
        with pytest.raises(NotFound):
            conversations.get(other.creator_id, other.user_id, other.conversation_id)
        with pytest.raises(NotFound):
            conversations.remove(other.creator_id, other.user_id, other.conversation_id)
        assert turns.recent(other, limit=5) == ()
        assert len(turns.recent(conversation(), limit=5)) == 1

    def test_remembers_that_a_turn_was_cut(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        cut = replace(turn(conversation()), cut=True)
        turns.append(conversation(), cut)
        assert turns.recent(conversation(), limit=1) == (cut,)

    def test_lists_newest_first_without_messages(self, conversations: Conversations, turns: Turns) -> None:
        for number in range(3):
            talk = conversation(conversation_id=f"01K{number}")
            conversations.create(talk)
            turns.append(talk, turn(talk))
        first = conversations.page(HEARTH, ADA, limit=2, cursor=None)
        last = conversations.page(HEARTH, ADA, limit=2, cursor=first.next_cursor)
        assert [item.conversation_id for item in first.items + last.items] == ["01K2", "01K1", "01K0"]
        assert last.next_cursor is None

    @pytest.mark.parametrize(("creator_id", "user_id"), [("hearth", "user-10"), ("heart", "user-1")])
    def test_refuses_the_cursor_of_another_user(
        self, conversations: Conversations, creator_id: str, user_id: str
    ) -> None:
        for number in range(2):
            conversations.create(conversation(conversation_id=f"01K{number}"))
        theirs = conversations.page(HEARTH, ADA, limit=1, cursor=None).next_cursor
        with pytest.raises(Malformed):
            conversations.page(CreatorId(creator_id), UserId(user_id), limit=1, cursor=theirs)

    def test_removes_a_conversation_with_all_its_turns(self, conversations: Conversations, turns: Turns) -> None:
        longer_id = conversation(conversation_id="01K2")
        for talk in (conversation(), longer_id):
            conversations.create(talk)
            with_turns(turns, talk, 27)
        conversations.remove(HEARTH, ADA, FIRST)
        assert turns.recent(conversation(), limit=50) == ()
        assert len(turns.recent(longer_id, limit=50)) == 27
        with pytest.raises(NotFound):
            conversations.get(HEARTH, ADA, FIRST)
        with pytest.raises(NotFound):
            conversations.remove(HEARTH, ADA, FIRST)

    def test_gives_back_the_turn_that_was_appended(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        added = turn(conversation())
        grown = turns.append(conversation(), added)
        assert turns.recent(grown, limit=10) == (added,)
        assert conversations.get(HEARTH, ADA, FIRST) == grown
        assert (grown.turns, grown.last_message_id) == (1, added.message_id)

    def test_gives_back_one_turn_by_its_id(self, conversations: Conversations, turns: KeptTurns) -> None:
        conversations.create(conversation())
        added = turn(conversation())
        turns.append(conversation(), added)
        assert turns.get(conversation(), added.message_id) == added
        for creator_id, user_id, conversation_id in ELSEWHERE:
            with pytest.raises(NotFound):
                turns.get(conversation(creator_id, user_id, conversation_id), added.message_id)
        conversations.remove(HEARTH, ADA, FIRST)
        with pytest.raises(NotFound):
            turns.get(conversation(), added.message_id)

    def test_gives_the_last_turns_oldest_first(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        talk = with_turns(turns, conversation(), 5)
        assert [item.text for item in turns.recent(talk, limit=2)] == ["message 3", "message 4"]
        assert turns.recent(talk, limit=0) == ()

    def test_lists_turns_oldest_first_page_by_page(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        talk = with_turns(turns, conversation(), 5)
        first = turns.page(talk, limit=3, cursor=None)
        last = turns.page(talk, limit=3, cursor=first.next_cursor)
        assert [item.text for item in first.items + last.items] == [f"message {number}" for number in range(5)]
        assert last.next_cursor is None

    @pytest.mark.parametrize(("creator_id", "user_id", "conversation_id"), [*ELSEWHERE, ("hearth", "user-1", "01K2")])
    def test_refuses_the_cursor_of_another_conversation(
        self, conversations: Conversations, turns: Turns, creator_id: str, user_id: str, conversation_id: str
    ) -> None:
        conversations.create(conversation())
        talk = with_turns(turns, conversation(), 2)
        theirs = turns.page(talk, limit=1, cursor=None).next_cursor
        with pytest.raises(Malformed):
            turns.page(conversation(creator_id, user_id, conversation_id), limit=1, cursor=theirs)

    def test_refuses_a_turn_after_one_that_was_not_seen(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        turns.append(conversation(), turn(conversation(), "first"))
        with pytest.raises(StaleWrite):
            turns.append(conversation(), turn(conversation(), "second"))
        assert [item.text for item in turns.recent(conversation(), limit=5)] == ["first"]

    def test_does_not_append_to_a_removed_conversation(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        talk = with_turns(turns, conversation(), 1)
        conversations.remove(HEARTH, ADA, FIRST)
        with pytest.raises(NotFound):
            turns.append(talk, turn(talk))
        assert turns.recent(talk, limit=5) == ()

    def test_two_messages_at_once_both_survive_in_order(self, conversations: Conversations, turns: Turns) -> None:
        conversations.create(conversation())
        start = Barrier(4, timeout=20)

        def say(text: str) -> None:
            talk = conversations.get(HEARTH, ADA, FIRST)
            start.wait()
            for _ in range(20):
                try:
                    turns.append(talk, turn(talk, text))
                except StaleWrite:
                    talk = conversations.get(HEARTH, ADA, FIRST)
                else:
                    return

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(say, "abcd"))
        kept = turns.recent(conversation(), limit=10)
        assert sorted(item.text for item in kept) == list("abcd")
        end = conversations.get(HEARTH, ADA, FIRST)
        assert (end.turns, end.last_message_id) == (4, kept[-1].message_id)


class TestInMemory(InMemory, ConversationsContract):
    pass


class TestDynamoDB(InDynamoDB, ConversationsContract):
    def test_finishes_a_removal_that_was_cut_off(
        self, conversations: DynamoDBConversations, turns: DynamoDBTurns, table: DynamoDBTable
    ) -> None:
        conversations.create(conversation())
        talk = with_turns(turns, conversation(), 3)
        with pytest.raises(StorageUnavailable):
            DynamoDBConversations(CutOff(table.client, table.name)).remove(HEARTH, ADA, FIRST)
        with pytest.raises(NotFound):
            turns.append(talk, turn(talk))
        assert conversations.page(HEARTH, ADA, limit=5, cursor=None).items == ()
        conversations.remove(HEARTH, ADA, FIRST)
        assert table.client().scan(TableName=table.name)["Items"] == []

    def test_refuses_a_message_id_that_is_taken(
        self, conversations: DynamoDBConversations, turns: DynamoDBTurns
    ) -> None:
        conversations.create(conversation())
        added = turn(conversation())
        grown = turns.append(conversation(), added)
        with pytest.raises(StaleWrite):
            turns.append(grown, replace(added, text="again"))
        assert turns.recent(grown, limit=5) == (added,)


class CutOff(DynamoDBTable):
    """A table that stops answering when many records are to go."""

    def clear(self, within: keys.Key, about: object = None) -> None:
        raise StorageUnavailable("The storage did not answer; try again shortly.")
