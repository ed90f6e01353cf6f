"""The OpenAI-compatible face: what it takes. What it gives is in `openai_replies`.

Source: platform.openai.com/docs/api-reference/chat. Values that ask for nothing (`n` 1, `top_p` 1, an empty list of
tools, null) are taken, since many clients send them; what would ask for something that is not done here is refused.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from coaching.contract.common import RequestModel

NOT_JSON = (
    "Only `text`: a reply consists of sentences that are checked one by one against the creator's material, and may be "
    "composed of the creator's own, so that JSON cannot be promised."
)
ONLY_TEXT = "Only text is taken: no images, audio or files."
TEXT_IS_A_STRING = "The `text` of a part is a string."


def _text_of(content: object) -> object:
    """Join the parts of a message that is sent in parts."""
    if not isinstance(content, list):
        return content
    texts = [part["text"] for part in content if isinstance(part, dict) and part.keys() == {"type", "text"}]
    if len(texts) < len(content) or any(part["type"] != "text" for part in content):
        raise ValueError(ONLY_TEXT)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(TEXT_IS_A_STRING)
    return "\n".join(texts)


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
    the role `system` or `developer` are no instructions here: the coach is the creator's.

    A text is cut where `max_tokens` or `stop` ask for it, also within a sentence, but what is shown has passed its
    checks as it stands: where the cut words of a model do not pass, the creator's own are quoted, cut in the same way
    (a word counts as a token there). Never cut are approved lines: of a crisis, an apology, a question that the
    material does not cover. What had no effect is named in `coach.ignored` of the answer.
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
