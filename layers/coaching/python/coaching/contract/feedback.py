"""What a user says of a reply."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from coaching.contract.common import Paragraphs, ReplyModel, RequestModel, Text
from coaching.metrics.turn import Rating

BetterAnswer = Annotated[Text, StringConstraints(max_length=8_000)]


class PostFeedback(RequestModel):
    rating: Rating
    comment: Paragraphs = ""
    better_answer: Annotated[BetterAnswer, Field(description="what you would rather have read")] = ""


class FeedbackReply(ReplyModel):
    """What was kept; it replaces what the same user said of the same reply before."""

    message_id: str
    conversation_id: str
    rating: Rating
    comment: str
    better_answer: str
    given_at: datetime
