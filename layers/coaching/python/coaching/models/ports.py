"""What a chat model is asked and what it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from coaching.models.cancelling import Cancellation
from coaching.models.purpose import Purpose
from coaching.vocabulary import CreatorId, Scalar, Usage, UserId

JsonSchema = Mapping[str, Any]
Finish = Literal["stop", "length"]
"""Why an answer ended: by itself (or at a stop word), or at `max_tokens`."""
MOST_TOKENS: Final = 700
"""Of an answer, where nobody asks for fewer."""


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Reuse:
    """For whom the answer to a prompt may be given again, and while what is the same.

    It is given to the same user of the same creator, or where it is `shared` to any user of that creator, as long as
    what can be found (`index_version`) and how prompts are made (`prompt_version`) are the same.
    """

    creator_id: CreatorId
    user_id: UserId
    index_version: str
    prompt_version: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages in order, static parts first, so that an engine's prefix cache holds.

    `stop`: the answer ends before any of these. With `schema` the answer is one JSON text that satisfies it, or the
    prompt is refused. `seconds` bounds the whole answer, `first_words` the wait for its beginning, beside the model's
    own deadlines. A cold model is waited for within a deadline of its own, which `seconds` leave out; unless
    `waits_for_load`, it fails with `loading` and is loaded meanwhile. `affinity` is the same for prompts that begin
    alike, such as those of one conversation. Without `reuse` the answer is for this request alone. A model is chosen by
    the `purpose`. When the reader leaves, `cancellation` ends every wait for the answer: it raises `Cancelled`, which
    is no failure. `shorter` returns the same messages with less in them, the least important left out; None where
    nothing more may be.
    """

    messages: tuple[Message, ...]
    temperature: float = 0.7
    max_tokens: int = MOST_TOKENS
    stop: tuple[str, ...] = ()
    schema: JsonSchema | None = None
    seconds: float | None = None
    first_words: float | None = None
    waits_for_load: bool = True
    affinity: str = ""
    reuse: Reuse | None = None
    purpose: Purpose = Purpose()
    cancellation: Cancellation = field(default_factory=Cancellation, repr=False, compare=False)
    shorter: "Callable[[], Prompt | None]" = field(default=lambda: None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the answer as it is generated, or news of it without text: the last one says what is known at the end.

    `model` is the provider and model that answer, where it is not the one that was asked (`ChatModel.name`). `loading`:
    whether the answer has to wait for its model to be loaded; None where that has not changed. `chosen` says why these
    models are asked in this order: names and figures, no words of anybody. `usage` before the end is what is known
    then. `reused`: the model gave it to another request, and it took no token for this one.
    """

    text: str
    usage: Usage | None = None
    finish: Finish | None = None
    model: str = ""
    loading: bool | None = None
    chosen: str = ""
    reused: bool = False

    def named(self, model: str) -> "Fragment":
        """Return it with the model that answers, unless it names one. `replace` takes three times as long per token."""
        if self.model:
            return self
        return Fragment(self.text, self.usage, self.finish, model, self.loading, self.chosen, self.reused)


@dataclass(frozen=True, slots=True)
class Readiness:
    """How soon a model could begin. `load` is the share of its places that are taken, 0 to 1."""

    load: float = 0.0
    loaded: bool = True


class ChatModel(Protocol):
    """Generates an answer piece by piece."""

    @property
    def name(self) -> str:
        """Provider and model, such as `ollama:llama3:8b`."""

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer. Closing the iterator stops the generation.

        Raises: ModelUnavailable (its code is a `coaching.models.failures.FailureCode`), before the first fragment or
        between two; Cancelled.
        """


ModelOf = Callable[[CreatorId, Mapping[str, Scalar]], ChatModel | None]
"""Returns the model that words a creator's replies, by the creator's settings; None where none is to be asked."""


class LoadableModel(Protocol):
    """A model that must be in its engine's memory before it answers."""

    def load(self, seconds: float) -> None:
        """Return once it is there. Whoever gives up waiting does not end the load. Raises: ModelUnavailable."""

    def loaded(self, seconds: float) -> bool:
        """Return whether it is there. Raises: ModelUnavailable when its server does not say so in time."""
