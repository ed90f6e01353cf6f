"""Feedback in memory."""

from dataclasses import dataclass

from coaching.adapters.memory.conversations import MemoryConversations
from coaching.metrics.feedback import Feedback
from coaching.metrics.ports import GivenFeedback
from coaching.vocabulary import CreatorId, MessageId, UserId


@dataclass(frozen=True, slots=True)
class MemoryGivenFeedback(GivenFeedback):
    """Feedback on the messages in `conversations`."""

    conversations: MemoryConversations

    def save(self, feedback: Feedback) -> None:
        owner = (feedback.creator_id, feedback.user_id)
        with self.conversations.rows.lock:
            self.conversations.get(*owner, feedback.conversation_id)
            self.conversations.turns.get((*owner, feedback.conversation_id), feedback.message_id)
            with self.conversations.feedback.alone(owner) as rows:
                rows[feedback.message_id] = feedback

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> Feedback:
        return self.conversations.feedback.get((creator_id, user_id), message_id)
