"""Conversations, messages and replies."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from coaching.contract.common import PlaceReply, ReplyModel, RequestModel
from coaching.conversation.message import MOST_CHARACTERS
from coaching.vocabulary import Citation, DocumentId, ReplyKind, Retrieval, Turn


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
    quote: str = Field(description="words that stand in the document; empty once it was removed")
    place: PlaceReply
    score: float
    removed: bool = Field(
        default=False, description="the creator deleted the document since: its words and place are not shown"
    )

    @classmethod
    def of(cls, citation: Citation, *, removed: bool) -> "CitationReply":
        shown = cls.model_validate(citation)
        return shown.model_copy(update={"removed": True, "quote": "", "place": PlaceReply()}) if removed else shown


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
    retrieval: Retrieval = Field(
        description="how the passages were found: lexical means by words alone, since the embedder did not answer"
    )
    cut: bool = Field(
        default=False, description="the user left while the reply was made: the text is what they had been shown"
    )
    usage: UsageReply
    latency_ms: LatencyReply

    @classmethod
    def of(cls, turn: Turn, *, removed: Collection[DocumentId] = ()) -> "MessageReply":
        """`removed` are the cited documents that were deleted since."""
        reply = turn.reply
        return cls(
            message_id=turn.message_id,
            conversation_id=turn.conversation_id,
            kind=reply.kind,
            text=reply.text,
            citations=[
                CitationReply.of(citation, removed=citation.document_id in removed) for citation in reply.citations
            ],
            confidence=reply.confidence,
            grounded=reply.grounded,
            model=reply.model,
            escalation_id=turn.escalation_id,
            retrieval=turn.retrieval,
            cut=turn.cut,
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
    def of(cls, turn: Turn, *, removed: Collection[DocumentId] = ()) -> "TurnReply":
        """`removed` are the cited documents that were deleted since."""
        reply = MessageReply.of(turn, removed=removed)
        return cls(message_id=turn.message_id, created_at=turn.created_at, text=turn.text, reply=reply)
