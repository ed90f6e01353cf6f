"""How a turn gets into its conversation."""

from collections.abc import Callable
from dataclasses import dataclass

from coaching.conversation.ports import Conversation, Conversations, Turns
from coaching.retrying import until_fresh
from coaching.vocabulary import ConversationId, Identity, MessageId, Turn, new_ulid

LOOKED_BACK = 20
"""Turns among which a request that is sent again is looked for."""


@dataclass(frozen=True, slots=True)
class RememberTurn:
    """Adds a turn after the last one, whoever else is writing: two messages at once both stay, one after the other."""

    conversations: Conversations
    turns: Turns

    def __call__(
        self, who: Identity, conversation_id: ConversationId, make: Callable[[MessageId], Turn], request_key: str = ""
    ) -> Turn:
        """Store `make(message_id)` and return it, or the turn that the same request stored before.

        Raises: NotFound if the conversation was deleted since; StaleWrite if others kept writing all along.
        """

        def store() -> Turn:
            conversation = self.conversations.get(who.creator_id, who.user_id, conversation_id)
            if known := self.known(conversation, request_key):
                return known
            turn = make(MessageId(new_ulid(after=conversation.last_message_id)))
            self.turns.append(conversation, turn)
            return turn

        return until_fresh(store)

    def known(self, conversation: Conversation, request_key: str) -> Turn | None:
        """Return the turn that this request stored already, among the latest; None for a request without a key."""
        if not request_key or not conversation.turns:
            return None
        recent = self.turns.recent(conversation, limit=LOOKED_BACK)
        return next((turn for turn in recent if turn.request_key == request_key), None)
