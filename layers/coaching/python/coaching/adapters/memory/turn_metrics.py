"""The figures of turns in memory."""

from dataclasses import dataclass, replace

from coaching.adapters.memory.conversations import MemoryConversations
from coaching.metrics.feedback import Feedback
from coaching.metrics.ports import MeasuredTurns
from coaching.metrics.turn import TurnMetrics
from coaching.vocabulary import CreatorId, MessageId, UserId


@dataclass(frozen=True, slots=True)
class MemoryMeasuredTurns(MeasuredTurns):
    """Figures of the turns in `conversations`."""

    conversations: MemoryConversations

    def create(self, metrics: TurnMetrics) -> bool:
        owner = (metrics.creator_id, metrics.user_id)
        with self.conversations.rows.lock, self.conversations.measured.alone(owner) as rows:
            if metrics.message_id in rows:
                return False
            self.conversations.get(*owner, metrics.conversation_id)
            rows[metrics.message_id] = metrics
        return True

    def rate(self, feedback: Feedback) -> None:
        with self.conversations.measured.alone((feedback.creator_id, feedback.user_id)) as rows:
            if feedback.message_id in rows:
                rows[feedback.message_id] = replace(rows[feedback.message_id], satisfaction=feedback.rating)

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> TurnMetrics:
        return self.conversations.measured.get((creator_id, user_id), message_id)
