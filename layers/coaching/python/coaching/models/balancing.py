"""One chat model served by several nodes."""

import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, Protocol

from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Urgency
from coaching.models.closing import closed_at_the_end
from coaching.models.failures import ABOUT_THE_REQUEST, unavailable
from coaching.models.node_states import ColdNodes, FirstWords, RestingNodes
from coaching.models.ports import ChatModel, Fragment, Prompt, Readiness

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


@dataclass(frozen=True, slots=True)
class BalancedChatModel:
    """Asks one of several nodes, the same for the same `Prompt.affinity`, so that its prefix cache is hit.

    A node that fails, has a full line or must load the model first is passed over for the next, until a fragment has
    been handed on; only the last one is waited for as long as the model's own deadlines say (`FirstWords`). Where none
    answers and one is loading, that one is waited for. With `whole` nothing is handed on before an answer is complete,
    so that a node that dies meanwhile costs time and no answer: for callers that show nothing earlier. `model_at` gives
    the model of an address, the same one each time, which knows whether it is loaded there. Models that ask the same
    nodes share `admission` and `resting`.
    """

    name: str
    nodes: Nodes
    model_at: Callable[[str], ChatModel]
    admission: Admission
    urgency: Urgency = "interactive"
    whole: bool = False
    resting: RestingNodes = field(default_factory=RestingNodes)
    first_words: FirstWords = field(default_factory=FirstWords)
    cold: ColdNodes = field(default_factory=ColdNodes)

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer of the first node that gives one.

        Raises: ModelUnavailable: `loading` where that was among the reasons and is not waited for, `overloaded` with
        `retry_after_seconds` where a full line was, else what the last node said.
        """
        end = None if prompt.seconds is None else time.monotonic() + prompt.seconds
        failures: dict[str, ModelUnavailable] = {}
        if (yield from self._first_to_answer(prompt, end, failures)):
            return
        left = _left(end)
        for address in [address for address, failure in failures.items() if failure.code == "loading"]:
            if prompt.waits_for_load and (
                yield from self._once_loaded(address, replace(prompt, seconds=left), failures)
            ):
                return
        raise _worst(tuple(failures.values()))

    def readiness(self, _prompt: Prompt) -> Readiness:
        """Return the share of places that are taken at the least busy node, and whether one has the model loaded.

        Asks nobody: the nodes are those of the request before.
        """
        taken = [sum(self.admission.busy(address)) / self.admission.room.at_once for address in self.cold.nodes]
        return Readiness(min(1.0, *taken) if taken else 0.0, not self.cold.all())

    def _first_to_answer(
        self, prompt: Prompt, end: float | None, failures: dict[str, ModelUnavailable]
    ) -> Generator[Fragment, None, bool]:
        addresses = self._in_order(prompt)
        for place, address in enumerate(addresses):
            handed_on = False
            try:
                with closing(self._answer(address, self._asked(prompt, addresses[place + 1 :]), end)) as answer:
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
                failures[address] = failure
            else:
                return True
        return False

    def _in_order(self, prompt: Prompt) -> list[str]:
        # Prompts that belong to nobody are spread.
        affinity = prompt.affinity or secrets.token_hex(8)
        addresses = self.nodes.addresses()
        self.cold.found(addresses)
        return self.resting.last(in_order(addresses, affinity))

    def _asked(self, prompt: Prompt, later: list[str]) -> Prompt:
        first = prompt.first_words
        if not all(self.resting.resting(address) for address in later):
            patience = self.first_words.patience()
            first = patience if first is None else min(first, patience)
        return replace(prompt, first_words=first, waits_for_load=False)

    def _answer(self, address: str, prompt: Prompt, end: float | None) -> Generator[Fragment, None, None]:
        with self.admission.turn(address, self.urgency, _left(end), prompt.cancellation):
            seconds = _left(end)
            try:
                fragments = self._timed(self.model_at(address).generate(replace(prompt, seconds=seconds)))
                with closing(fragments):
                    yield from list(fragments) if self.whole else fragments
            except ModelUnavailable as failure:
                if failure.code == "loading":
                    self.cold.loading(address)
                elif failure.code not in _ABOUT_THE_LOAD | ABOUT_THE_REQUEST:
                    self.resting.failed(address)
                raise
            self.resting.answered(address)
            self.cold.answered(address)

    def _timed(self, fragments: Iterator[Fragment]) -> Generator[Fragment, None, None]:
        began, said = time.monotonic(), False
        with closed_at_the_end(fragments):
            for fragment in fragments:
                if fragment.text and not said:
                    said = True
                    self.first_words.took(time.monotonic() - began)
                yield fragment

    def _once_loaded(
        self, address: str, prompt: Prompt, failures: dict[str, ModelUnavailable]
    ) -> Generator[Fragment, None, bool]:
        said = False
        try:
            with closed_at_the_end(self.model_at(address).generate(prompt)) as fragments:
                for fragment in fragments:
                    yield fragment
                    said = said or bool(fragment.text)
                    if not fragment.loading:
                        break
                # Only now does it need a turn: others may be served there meanwhile, by models that are loaded.
                with self.admission.turn(address, self.urgency, prompt.seconds, prompt.cancellation):
                    for fragment in list(fragments) if self.whole else fragments:
                        said = said or bool(fragment.text)
                        yield fragment
        except ModelUnavailable as failure:
            if said or failure.code in ABOUT_THE_REQUEST:
                raise
            failures[address] = failure
            return False
        return True


def _left(end: float | None) -> float | None:
    if end is None:
        return None
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise unavailable("timeout", "No node answered in the time that the question had: try again.")
    return seconds


def _worst(failures: tuple[ModelUnavailable, ...]) -> ModelUnavailable:
    """Return what to tell: that it is worth waiting, or when to come again if that is known, else what came last."""
    for failure in failures:
        if failure.code == "loading":
            return failure
    full = [failure for failure in failures if failure.code == "overloaded"]
    if full:
        return min(full, key=lambda failure: failure.retry_after_seconds)
    return failures[-1] if failures else unavailable("unreachable", "No node serves the model: start one.")
