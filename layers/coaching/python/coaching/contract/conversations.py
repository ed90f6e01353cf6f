"""Conversations, messages and replies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from coaching.contract.common import PlaceReply, ReplyModel, RequestModel
from coaching.conversation.message import MOST_CHARACTERS
from coaching.vocabulary import ReplyKind, Turn


class CreateConversation(RequestModel):
    pass


class CreatedConversation(ReplyModel):
    conversation_id: str


class ConversationReply(ReplyModel):
    conversation_id: str
    turns: int
    created_at: datetime
    updated_at: datetime


class PostMessage(RequestModel):
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]


class CitationReply(ReplyModel):
    marker: int
    document_id: str
    title: str
    quote: str = Field(description="words that stand in the document")
    place: PlaceReply
    score: float


class UsageReply(ReplyModel):
    input_tokens: int
    output_tokens: int


class LatencyReply(ReplyModel):
    first_token: int
    total: int


class MessageReply(ReplyModel):
    """The coach's reply to one message."""

    message_id: str
    conversation_id: str
    kind: ReplyKind
    text: str
    citations: list[CitationReply]
    confidence: float
    grounded: bool
    model: str
    escalation_id: str | None
    usage: UsageReply
    latency_ms: LatencyReply

    @classmethod
    def of(cls, turn: Turn) -> "MessageReply":
        reply = turn.reply
        return cls(
            message_id=turn.message_id,
            conversation_id=turn.conversation_id,
            kind=reply.kind,
            text=reply.text,
            citations=[CitationReply.model_validate(citation) for citation in reply.citations],
            confidence=reply.confidence,
            grounded=reply.grounded,
            model=reply.model,
            escalation_id=turn.escalation_id,
            usage=UsageReply.model_validate(reply.usage),
            latency_ms=LatencyReply.model_validate(turn.latency),
        )


class TurnReply(ReplyModel):
    """A message of the user with the reply to it."""

    message_id: str
    created_at: datetime
    text: str
    reply: MessageReply

    @classmethod
    def of(cls, turn: Turn) -> "TurnReply":
        return cls(message_id=turn.message_id, created_at=turn.created_at, text=turn.text, reply=MessageReply.of(turn))
