"""A turn that was stored before, as it may be shown now."""

from dataclasses import dataclass

from coaching.conversation.events import Done
from coaching.conversation.ports import Conversations, KeptTurns
from coaching.knowledge.sources import FindRemovedSources
from coaching.vocabulary import ConversationId, Identity, MessageId


@dataclass(frozen=True, slots=True)
class RecallTurn:
    """Ends a request that was answered before: of documents that were deleted since, it shows nothing more."""

    conversations: Conversations
    turns: KeptTurns
    removed: FindRemovedSources

    def __call__(self, who: Identity, conversation_id: ConversationId, message_id: MessageId) -> Done:
        """Raises: NotFound if the conversation was deleted since."""
        conversation = self.conversations.get(who.creator_id, who.user_id, conversation_id)
        turn = self.turns.get(conversation, message_id)
        return Done(turn, removed=self.removed(who.creator_id, [turn]))
