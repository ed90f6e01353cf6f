"""Where conversations are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coaching.vocabulary import ConversationId, CreatorId, MessageId, Page, Turn, UserId


@dataclass(frozen=True, slots=True)
class Conversation:
    """A user's conversation with one creator's coach. `last_message_id` is empty before the first turn."""

    conversation_id: ConversationId
    creator_id: CreatorId
    user_id: UserId
    created_at: datetime
    updated_at: datetime
    turns: int = 0
    last_message_id: MessageId | str = ""


class Conversations(Protocol):
    def get(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> Conversation:
        """Raises: NotFound."""

    def create(self, conversation: Conversation) -> None:
        """Store a new conversation; one that is there already stays as it is."""

    def remove(self, creator_id: CreatorId, user_id: UserId, conversation_id: ConversationId) -> None:
        """Delete it with all its turns. Raises: NotFound."""


class ConversationList(Protocol):
    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Conversation]:
        """Return conversations newest first. Raises: Malformed for a cursor that is not this user's."""


class Turns(Protocol):
    """The turns of a conversation, in the order of their message ids."""

    def append(self, conversation: Conversation, turn: Turn) -> Conversation:
        """Add the turn after `conversation.last_message_id` and return the conversation as it is now.

        Raises: StaleWrite if another turn was added since it was read; NotFound if it was deleted since.
        """

    def recent(self, conversation: Conversation, *, limit: int) -> tuple[Turn, ...]:
        """Return the last `limit` turns, oldest first."""

    def page(self, conversation: Conversation, *, limit: int, cursor: str | None) -> Page[Turn]:
        """Return turns oldest first. Raises: Malformed for a cursor that is not this conversation's."""


class KeptTurns(Protocol):
    def get(self, conversation: Conversation, message_id: MessageId) -> Turn:
        """Return one turn of the conversation. Raises: NotFound."""
