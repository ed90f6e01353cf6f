"""The OpenAI-compatible face: what it takes and gives.

Source: platform.openai.com/docs/api-reference/chat. Values that ask for nothing (`n` 1, `top_p` 1, an empty list of
tools, null) are taken, since many clients send them; what would ask for something that is not done here is refused.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from coaching.contract.common import ReplyModel, RequestModel
from coaching.contract.conversations import CitationReply, LatencyReply, MessageReply
from coaching.vocabulary import ReplyKind, Retrieval, Turn

NOT_JSON = (
    "Only `text`: a reply consists of sentences that are checked one by one against the creator's material, and may be "
    "composed of the creator's own, so that JSON cannot be promised."
)
ONLY_TEXT = "Only text is taken: no images, audio or files."


def _text_of(content: object) -> object:
    """Join the parts of a message that is sent in parts."""
    if not isinstance(content, list):
        return content
    texts = [part["text"] for part in content if isinstance(part, dict) and part.keys() == {"type", "text"}]
    if len(texts) < len(content) or any(part["type"] != "text" for part in content):
        raise ValueError(ONLY_TEXT)
    return "\n".join(map(str, texts))


def _only_text(asked: object) -> object:
    if isinstance(asked, dict) and str(asked.get("type")).startswith("json"):
        raise ValueError(NOT_JSON)
    return asked


def _without_nulls(data: object) -> object:
    return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


def _listed(stop: object) -> object:
    return [stop] if isinstance(stop, str) else stop


Content = Annotated[
    str,
    BeforeValidator(_text_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                        "required": ["type", "text"],
                    },
                },
            ]
        }
    ),
]
StopWord = Annotated[str, StringConstraints(min_length=1, max_length=200)]
StopWords = Annotated[
    list[StopWord],
    Field(max_length=4),
    BeforeValidator(_listed),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 4}]}
    ),
]
One = Annotated[float, Field(ge=1, le=1)]
Zero = Annotated[float, Field(ge=0, le=0)]


class ChatMessage(RequestModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: Content = ""
    name: str | None = None
    tool_calls: Annotated[list[Any], Field(max_length=0)] = []
    annotations: list[Any] = []

    @model_validator(mode="before")
    @classmethod
    def _sparse(cls, data: object) -> object:
        return _without_nulls(data)


class ResponseFormat(RequestModel):
    type: Literal["text"]


class StreamOptions(RequestModel):
    include_usage: bool = False
    include_obfuscation: Literal[False] = False


class ChatMetadata(RequestModel):
    conversation_id: str | None = Field(
        default=None, description="the conversation to go on with; without it, one is found by how the messages begin"
    )


def _ends_with_the_user(messages: list[ChatMessage]) -> list[ChatMessage]:
    if messages[-1].role != "user":
        raise ValueError("The last message is the user's, which is what the coach replies to.")
    return messages


class ChatCompletionRequest(RequestModel):
    """The last message is what the coach replies to, in a conversation that this service remembers by itself.

    `metadata.conversation_id` names that conversation. Without it, messages that begin with the same user message (and
    have the same `user`) are one conversation of the caller's. Earlier messages only serve to find it. Messages with
    the role `system` or `developer` are no instructions here: the coach is the creator's. What had no effect is named
    in `coach.ignored` of the answer.
    """

    model: str = Field(description="the creator's name in `GET /v1/models`")
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=2_000), AfterValidator(_ends_with_the_user)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: StopWords = []
    response_format: Annotated[ResponseFormat, BeforeValidator(_only_text)] | None = None
    user: Annotated[str, StringConstraints(max_length=512)] = ""
    metadata: ChatMetadata = ChatMetadata()
    n: Annotated[int, Field(ge=1, le=1)] = 1
    top_p: One = 1.0
    presence_penalty: Zero = 0.0
    frequency_penalty: Zero = 0.0
    logprobs: Literal[False] = False
    logit_bias: Annotated[dict[str, Any], Field(max_length=0)] = {}
    tools: Annotated[list[Any], Field(max_length=0)] = []
    tool_choice: Literal["none"] = "none"
    modalities: list[Literal["text"]] = ["text"]
    store: Literal[False] = False

    @model_validator(mode="before")
    @classmethod
    def _sparse(cls, data: object) -> object:
        return _without_nulls(data)

    @property
    def most_tokens(self) -> int | None:
        given = [most for most in (self.max_tokens, self.max_completion_tokens) if most is not None]
        return min(given, default=None)


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
        description="what of the request had no effect: messages that would instruct the coach, earlier messages that "
        "this service does not hold (`history`), and, where no model worded the reply, wishes to one"
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


class OpenAIErrorDetail(ReplyModel):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(ReplyModel):
    error: OpenAIErrorDetail
