"""What a chat model is asked and what it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from coaching.vocabulary import CreatorId, Scalar, Usage

JsonSchema = Mapping[str, Any]
Finish = Literal["stop", "length"]
"""Why an answer ended: by itself (or at a stop word), or at `max_tokens`."""


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages in order, static parts first, so that an engine's prefix cache holds.

    `stop`: the answer ends before any of these. With `schema` the answer is one JSON text that satisfies it, or the
    prompt is refused. `seconds` bounds the whole answer, beside the model's own deadlines. `affinity` is the same for
    prompts that begin alike, such as those of one conversation. `shorter` returns the same prompt with less in it,
    the least important left out; None where nothing more may be.
    """

    messages: tuple[Message, ...]
    temperature: float = 0.7
    max_tokens: int = 700
    stop: tuple[str, ...] = ()
    schema: JsonSchema | None = None
    seconds: float | None = None
    affinity: str = ""
    shorter: "Callable[[], Prompt | None]" = field(default=lambda: None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the answer as it is generated; the last one may carry no text, and says what is known at the end.

    `model` is the provider and model that answer, where it is not the one that was asked (`ChatModel.name`).
    """

    text: str
    usage: Usage | None = None
    finish: Finish | None = None
    model: str = ""


class ChatModel(Protocol):
    """Generates an answer piece by piece."""

    @property
    def name(self) -> str:
        """Provider and model, such as `ollama:llama3:8b`."""

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer. Closing the iterator stops the generation.

        Raises: ModelUnavailable (its code is a `coaching.models.failures.FailureCode`), before the first fragment or
        between two.
        """


ModelOf = Callable[[CreatorId, Mapping[str, Scalar]], ChatModel | None]
"""Returns the model that words a creator's replies, by the creator's settings; None where none is to be asked."""


class LoadableModel(Protocol):
    """A model that must be in its engine's memory before it answers."""

    def load(self, seconds: float) -> None:
        """Return once it is there. Whoever gives up waiting does not end the load. Raises: ModelUnavailable."""

    def loaded(self, seconds: float) -> bool:
        """Return whether it is there. Raises: ModelUnavailable when its server does not say so in time."""
