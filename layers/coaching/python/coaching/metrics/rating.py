"""How a user judges a reply."""

from dataclasses import dataclass

from coaching.metrics.feedback import Feedback
from coaching.metrics.ports import GivenFeedback, MeasuredTurns
from coaching.metrics.turn import Rating
from coaching.vocabulary import ConversationId, Identity, MessageId, now


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Keeps what a user says of a reply, in place of what they said of it before."""

    given: GivenFeedback
    measured: MeasuredTurns

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        message_id: MessageId,
        rating: Rating,
        *,
        comment: str = "",
        better_answer: str = "",
    ) -> Feedback:
        """Raises: NotFound if it is no message of this user in this conversation."""
        feedback = Feedback(
            who.creator_id, who.user_id, conversation_id, message_id, now(), rating, comment, better_answer
        )
        self.given.save(feedback)
        self.measured.rate(feedback)
        return feedback
