"""What a chat model is asked and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from coaching.vocabulary import Usage


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages in order, static parts first, so that an engine's prefix cache holds."""

    messages: tuple[Message, ...]
    temperature: float = 0.7
    max_tokens: int = 700


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the answer as it is generated; the last one may carry the usage and no text."""

    text: str
    usage: Usage | None = None


class ChatModel(Protocol):
    """Generates an answer piece by piece."""

    @property
    def name(self) -> str:
        """Provider and model, such as `ollama:llama3:8b`."""

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer. Closing the iterator stops the generation.

        Raises: ModelUnavailable, before the first fragment or between two.
        """
