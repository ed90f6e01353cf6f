"""How a turn gets into its conversation."""

from collections.abc import Callable
from dataclasses import dataclass

from coaching.conversation.ports import Conversations, Turns
from coaching.retrying import until_fresh
from coaching.vocabulary import ConversationId, Identity, MessageId, Turn, new_ulid


@dataclass(frozen=True, slots=True)
class RememberTurn:
    """Adds a turn after the last one, whoever else is writing: two messages at once both stay, one after the other."""

    conversations: Conversations
    turns: Turns

    def __call__(self, who: Identity, conversation_id: ConversationId, make: Callable[[MessageId], Turn]) -> Turn:
        """Store `make(message_id)` and return it.

        Raises: NotFound if the conversation was deleted since; StaleWrite if others kept writing all along.
        """

        def store() -> Turn:
            conversation = self.conversations.get(who.creator_id, who.user_id, conversation_id)
            turn = make(MessageId(new_ulid(after=conversation.last_message_id)))
            self.turns.append(conversation, turn)
            return turn

        return until_fresh(store)
