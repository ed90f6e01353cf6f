"""Whether the servers have the models that the settings name, asked at the start and now and then."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol, assert_never

from coaching.errors import ModelUnavailable
from coaching.models.catalogue import ModelCard, Provider

FRESH_SECONDS: Final = 300.0
"""What was found counts for so long: whoever asks for it again costs nobody a call."""


class ModelList(Protocol):
    """What one provider's server can serve."""

    def names(self) -> Collection[str]:
        """Return the provider's own names of its models. Raises: ModelUnavailable."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """A configured model that cannot answer now: its name, a `FailureCode`, and a sentence that says what to do."""

    name: str
    code: str
    sentence: str


def not_there(cards: Iterable[ModelCard], lists: Mapping[Provider, ModelList]) -> tuple[NotThere, ...]:
    """Return what is missing, in the order of `cards`. A provider without a list is not asked.

    All servers are asked at once. One that does not answer is reported for each of its models, and the others are
    still verified.
    """
    of_provider: dict[Provider, list[ModelCard]] = {}
    for card in cards:
        if card.provider in lists:
            of_provider.setdefault(card.provider, []).append(card)
    if not of_provider:
        return ()
    with ThreadPoolExecutor(len(of_provider), thread_name_prefix="verification") as threads:
        found = threads.map(_of_one, of_provider.values(), [lists[provider] for provider in of_provider])
        return tuple(each for missing in found for each in missing)


class VerifyModels:
    """Returns what is missing, asked anew when it is older than `FRESH_SECONDS`; `told` is given it each time anew.

    While one caller asks, others wait for what it finds.
    """

    def __init__(
        self,
        cards: Sequence[ModelCard],
        lists: Mapping[Provider, ModelList],
        told: Callable[[tuple[NotThere, ...]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cards = cards
        self._lists = lists
        self._told = told
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[NotThere, ...] = ()
        self._stale_at = clock()

    def __call__(self) -> tuple[NotThere, ...]:
        with self._lock:
            if self._clock() >= self._stale_at:
                self._found = not_there(self._cards, self._lists)
                self._stale_at = self._clock() + FRESH_SECONDS
                self._told(self._found)
            return self._found


def _of_one(cards: list[ModelCard], listed: ModelList) -> list[NotThere]:
    try:
        names = frozenset(listed.names())
    except ModelUnavailable as error:
        return [NotThere(card.name, error.code, error.message) for card in cards]
    return [NotThere(card.name, "model_missing", _advice(card)) for card in cards if not _spellings(card) & names]


def _spellings(card: ModelCard) -> frozenset[str]:
    """Return the names under which a server may list the model."""
    match card.provider:
        case "ollama" if ":" not in card.model:
            return frozenset({f"{card.model}:latest"})
        case "bedrock":
            # A profile such as us.amazon.nova-micro-v1:0 leads to the model behind its first dot.
            return frozenset({card.model, card.model.partition(".")[2]})
        case "huggingface":
            # Behind a colon stands who is to serve it.
            return frozenset({card.model, card.model.partition(":")[0]})
        case _:
            return frozenset({card.model})


def _advice(card: ModelCard) -> str:
    match card.provider:
        case "ollama":
            return f"Ollama lacks {card.model}: run `ollama pull {card.model}`."
        case "bedrock":
            region = f" --region {card.region}" if card.region else ""
            return (
                f"Bedrock does not offer {card.model} to this account: choose one that "
                f"`aws bedrock list-inference-profiles{region}` lists, or ask for access in its model catalogue."
            )
        case "openai":
            return _not_for_this_key(card, "OpenAI", "https://api.openai.com/v1/models")
        case "anthropic":
            return _not_for_this_key(card, "Anthropic", "https://api.anthropic.com/v1/models")
        case "huggingface":
            return _not_for_this_key(card, "Hugging Face", "https://router.huggingface.co/v1/models")
        case "llama_cpp":
            return f"No file holds {card.model}: set GGUF_PATH to the model's file."
        case _:
            assert_never(card.provider)


def _not_for_this_key(card: ModelCard, vendor: str, address: str) -> str:
    return f"{vendor} does not offer {card.model} to this key: choose one that {address} lists for it."
