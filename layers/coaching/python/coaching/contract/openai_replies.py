"""The OpenAI-compatible face: what it gives, whole and in chunks.

Source: platform.openai.com/docs/api-reference/chat.
"""

from typing import Literal

from pydantic import Field

from coaching.contract.common import ReplyModel
from coaching.contract.conversations import CitationReply, LatencyReply, MessageReply
from coaching.vocabulary import ReplyKind, Retrieval, Turn


class CoachNote(ReplyModel):
    """What a reply has beside its text."""

    message_id: str
    conversation_id: str
    kind: ReplyKind
    citations: list[CitationReply]
    confidence: float
    grounded: bool
    model: str
    escalation_id: str | None
    retrieval: Retrieval
    cut: bool
    latency_ms: LatencyReply
    ignored: list[str] = Field(
        description="what of the request had no effect, or not the whole of it: messages that would instruct the "
        "coach, earlier messages that this service does not hold (`history`), and wishes that whoever worded the "
        "reply could not heed, such as a `temperature` where no model did, or `max_tokens` above the coach's own bound"
    )

    @classmethod
    def of(cls, reply: MessageReply, ignored: list[str]) -> "CoachNote":
        return cls(**{name: getattr(reply, name) for name in cls.model_fields if name != "ignored"}, ignored=ignored)


class CompletionUsage(ReplyModel):
    """As the model's server counts; 0 where no model took part."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, turn: Turn) -> "CompletionUsage":
        used = turn.reply.usage
        return cls(
            prompt_tokens=used.input_tokens,
            completion_tokens=used.output_tokens,
            total_tokens=used.input_tokens + used.output_tokens,
        )


FinishReason = Literal["stop", "length"]


class CompletionMessage(ReplyModel):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class CompletionChoice(ReplyModel):
    index: Literal[0] = 0
    message: CompletionMessage
    logprobs: None = None
    finish_reason: FinishReason


class ChatCompletion(ReplyModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage
    coach: CoachNote


class ChunkDelta(ReplyModel):
    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(ReplyModel):
    index: Literal[0] = 0
    delta: ChunkDelta
    logprobs: None = None
    finish_reason: FinishReason | None = None


class ChatCompletionChunk(ReplyModel):
    """`coach` comes with the finish reason; `usage` in a last chunk without choices, where it was asked for."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None
    coach: CoachNote | None = None


class ModelReply(ReplyModel):
    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="seconds since 1970: when the creator was last described")
    owned_by: str


class ModelList(ReplyModel):
    object: Literal["list"] = "list"
    data: list[ModelReply]
