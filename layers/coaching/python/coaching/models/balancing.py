"""One chat model served by several nodes."""

import secrets
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, Protocol

from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Urgency
from coaching.models.failures import ABOUT_THE_REQUEST, unavailable
from coaching.models.ports import ChatModel, Fragment, Prompt

_ABOUT_THE_LOAD: Final = frozenset({"overloaded", "rate_limited"})


class Nodes(Protocol):
    """Where the model is served at the moment."""

    def addresses(self) -> tuple[str, ...]:
        """Return the address of each node, in any order. Raises: ModelUnavailable where nobody can tell."""


def in_order(addresses: tuple[str, ...], affinity: str) -> list[str]:
    """Return the nodes in the order in which prompts of `affinity` try them: rendezvous hashing.

    When a node goes, only its own prompts move, spread over the others; when it returns, so do they. (Thaler and
    Ravishankar, "Using name-based mappings to increase hit rates", 1998.)
    """

    def weight(address: str) -> bytes:
        return blake2b(f"{address}\n{affinity}".encode(), digest_size=8).digest()

    return sorted(set(addresses), key=weight, reverse=True)


class RestingNodes:
    """Which nodes failed within the last `seconds`: they are tried after all others."""

    def __init__(self, seconds: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def failed(self, address: str) -> None:
        with self._lock:
            self._until[address] = self._clock() + self._seconds

    def answered(self, address: str) -> None:
        with self._lock:
            self._until.pop(address, None)

    def last(self, addresses: list[str]) -> list[str]:
        """Return the addresses in the same order, but those that rest at the end."""
        now = self._clock()
        with self._lock:
            self._until = {address: until for address, until in self._until.items() if until > now}
            return sorted(addresses, key=lambda address: address in self._until)


@dataclass(frozen=True, slots=True)
class BalancedChatModel:
    """Asks one of several nodes, the same for the same `Prompt.affinity`, so that its prefix cache is hit.

    A node that fails or has a full line is passed over for the next, until a fragment has been handed on. With `whole`
    nothing is handed on before an answer is complete, so that a node that dies meanwhile costs time and no answer: for
    callers that show nothing earlier. `model_at` gives the model of an address, the same one each time, which knows
    whether it is loaded there. Models that ask the same nodes share `admission` and `resting`.
    """

    name: str
    nodes: Nodes
    model_at: Callable[[str], ChatModel]
    admission: Admission
    urgency: Urgency = "interactive"
    whole: bool = False
    resting: RestingNodes = field(default_factory=RestingNodes)

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer of the first node that gives one.

        Raises: ModelUnavailable: `overloaded` with `retry_after_seconds` where a full line was among the reasons,
        else what the last node said.
        """
        end = None if prompt.seconds is None else time.monotonic() + prompt.seconds
        failures: list[ModelUnavailable] = []
        addresses = self._in_order(prompt)
        for address in addresses:
            handed_on = False
            try:
                with closing(self._answer(address, prompt, end)) as answer:
                    for fragment in answer:
                        handed_on = True
                        yield fragment
            except ModelUnavailable as failure:
                if handed_on and len(addresses) > 1:
                    raise unavailable(
                        "node_lost", f"A node of {self.name} broke off in the middle of its answer: ask again."
                    ) from failure
                if handed_on or failure.code in ABOUT_THE_REQUEST:
                    raise
                failures.append(failure)
            else:
                return
        raise _worst(failures)

    def _in_order(self, prompt: Prompt) -> list[str]:
        # Prompts that belong to nobody are spread.
        affinity = prompt.affinity or secrets.token_hex(8)
        return self.resting.last(in_order(self.nodes.addresses(), affinity))

    def _answer(self, address: str, prompt: Prompt, end: float | None) -> Generator[Fragment, None, None]:
        with self.admission.turn(address, self.urgency, _left(end)):
            seconds = _left(end)
            try:
                fragments = self.model_at(address).generate(replace(prompt, seconds=seconds))
                yield from list(fragments) if self.whole else fragments
            except ModelUnavailable as failure:
                if failure.code not in _ABOUT_THE_LOAD | ABOUT_THE_REQUEST:
                    self.resting.failed(address)
                raise
            self.resting.answered(address)


def _left(end: float | None) -> float | None:
    if end is None:
        return None
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise unavailable("timeout", "No node answered in the time that the question had: try again.")
    return seconds


def _worst(failures: list[ModelUnavailable]) -> ModelUnavailable:
    """Return what to tell: when to come again if that is known, else what was said last."""
    full = [failure for failure in failures if failure.code == "overloaded"]
    if full:
        return min(full, key=lambda failure: failure.retry_after_seconds)
    return failures[-1] if failures else unavailable("unreachable", "No node serves the model: start one.")
