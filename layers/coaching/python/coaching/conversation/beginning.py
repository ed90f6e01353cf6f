"""How a conversation begins."""

from dataclasses import dataclass

from coaching.conversation.ports import Conversation, Conversations
from coaching.vocabulary import ConversationId, Identity, new_ulid, now


@dataclass(frozen=True, slots=True)
class BeginConversation:
    """Makes an empty conversation."""

    conversations: Conversations

    def __call__(self, who: Identity) -> Conversation:
        began = now()
        conversation = Conversation(ConversationId(new_ulid()), who.creator_id, who.user_id, began, began)
        self.conversations.create(conversation)
        return conversation
