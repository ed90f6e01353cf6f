"""Conversations and their turns in DynamoDB."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import Record, read, record, written
from coaching.adapters.aws.table import ABSENT, DynamoDBTable
from coaching.conversation.ports import Conversation, ConversationList, Conversations, KeptTurns, Turns
from coaching.errors import NotFound, StaleWrite
from coaching.vocabulary import ConversationId, CreatorId, MessageId, Page, Turn, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True, slots=True)
class DynamoDBConversations(Conversations, ConversationList):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Conversation:
        return self.table.get(Conversation, keys.conversation(creator_id, user_id, conversation_id))

    def create(self, conversation: Conversation) -> None:
        self.table.create(_key(conversation), _attributes(conversation))

    def remove(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> None:
        """Delete the conversation first, so that nothing can be appended, then its messages and what is kept of each.

        A note is left before and taken away at the end: a removal that was cut off is finished by asking again.
        """
        note = keys.removal(creator_id, user_id, conversation_id)
        try:
            conversation = self.get(creator_id, user_id, conversation_id)
            self.table.create(note, {"data": {"S": written(conversation)}})
            self.table.remove(_key(conversation))
        except NotFound:
            self.table.get(Conversation, note)
        self.table.clear(
            keys.messages(creator_id, user_id, conversation_id),
            about=lambda message_id: (
                keys.feedback(creator_id, user_id, MessageId(message_id)),
                keys.turn_metrics(creator_id, user_id, MessageId(message_id)),
            ),
        )
        self.table.discard(note)

    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Conversation]:
        within = keys.conversations(creator_id, user_id)
        return self.table.page(Conversation, within, limit=limit, cursor=cursor, newest_first=True)


@dataclass(frozen=True, slots=True)
class DynamoDBTurns(Turns, KeptTurns):
    table: DynamoDBTable

    def append(self, conversation: Conversation, turn: Turn) -> Conversation:
        """Write the turn and the conversation's new end together, only after the end that the caller has seen."""
        grown = replace(
            conversation,
            updated_at=turn.created_at,
            turns=conversation.turns + 1,
            last_message_id=turn.message_id,
        )
        try:
            with translated_errors():
                self.table.client().transact_write_items(TransactItems=self._writes(conversation, grown, turn))
        except ConditionFailed as error:
            self.table.get(Conversation, _key(conversation))
            raise StaleWrite("Another message came first; read the conversation again and retry.") from error
        return grown

    def get(self, conversation: Conversation, message_id: MessageId) -> Turn:
        return self.table.get(Turn, _message(conversation, message_id))

    def recent(self, conversation: Conversation, *, limit: int) -> tuple[Turn, ...]:
        found = self.table.records(_messages(conversation), at_most=limit, newest_first=True)
        return tuple(read(Turn, item) for item in reversed(found))

    def page(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Turn]:
        return self.table.page(Turn, _messages(conversation), limit=limit, cursor=cursor)

    def _writes(self, before: Conversation, after: Conversation, turn: Turn) -> "list[TransactWriteItemTypeDef]":
        return [
            {
                "Put": {
                    "TableName": self.table.name,
                    "Item": record(_key(after), _attributes(after)),
                    "ConditionExpression": "last_message_id = :seen",
                    "ExpressionAttributeValues": {":seen": {"S": before.last_message_id}},
                }
            },
            {
                "Put": {
                    "TableName": self.table.name,
                    "Item": record(_message(before, turn.message_id), {"data": {"S": written(turn)}}),
                    "ConditionExpression": ABSENT,
                }
            },
        ]


def _key(conversation: Conversation) -> Key:
    return keys.conversation(conversation.creator_id, conversation.user_id, conversation.conversation_id)


def _message(conversation: Conversation, message_id: MessageId) -> Key:
    return keys.message(conversation.creator_id, conversation.user_id, conversation.conversation_id, message_id)


def _messages(conversation: Conversation) -> Key:
    return keys.messages(conversation.creator_id, conversation.user_id, conversation.conversation_id)


def _attributes(conversation: Conversation) -> Record:
    return {"data": {"S": written(conversation)}, "last_message_id": {"S": conversation.last_message_id}}
