"""What a user says of a reply."""

from dataclasses import dataclass
from datetime import datetime

from coaching.metrics.turn import Rating
from coaching.vocabulary import ConversationId, CreatorId, MessageId, UserId


@dataclass(frozen=True, slots=True)
class Feedback:
    """One user's judgement of one reply. `better_answer` is what the user would rather have read."""

    creator_id: CreatorId
    user_id: UserId
    conversation_id: ConversationId
    message_id: MessageId
    given_at: datetime
    rating: Rating
    comment: str = ""
    better_answer: str = ""
