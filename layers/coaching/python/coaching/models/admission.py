"""Who may ask a node now, who waits and who is sent away."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation
from coaching.models.failures import unavailable

Urgency = Literal["interactive", "background"]
"""Whether somebody sits and waits for the answer."""
_FIRST_GUESS: Final = 5.0
_WEIGHT_OF_THE_LAST: Final = 0.2
_LONGEST_RETRY_AFTER: Final = 60.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many requests fit. `at_once`: served side by side by one node (its OLLAMA_NUM_PARALLEL).

    `waiting` at each node and `waiting_in_all`; `patience` is how many seconds a request waits for its turn.
    `background_share` is the part of a node's turns and places that background work may take, but at least one each.
    """

    at_once: int = 4
    waiting: int = 8
    waiting_in_all: int = 32
    background_share: float = 0.5
    patience: float = 30.0

    def turns(self, urgency: Urgency) -> int:
        return self._share(self.at_once, urgency)

    def places(self, urgency: Urgency) -> int:
        return self._share(self.waiting, urgency)

    def _share(self, whole: int, urgency: Urgency) -> int:
        return whole if urgency == "interactive" else max(1, int(whole * self.background_share))


class _Ticket:
    """One request's place in a line: told from every other by being itself."""


@dataclass(slots=True)
class _Line:
    running: dict[Urgency, int] = field(default_factory=lambda: {"interactive": 0, "background": 0})
    waiting: dict[Urgency, list[_Ticket]] = field(default_factory=lambda: {"interactive": [], "background": []})

    def everyone_running(self) -> int:
        return sum(self.running.values())

    def everyone_waiting(self) -> int:
        return sum(len(tickets) for tickets in self.waiting.values())


class Admission:
    """Lets requests to nodes in by turns: whoever waits longest first, interactive ones before background work.

    It counts the requests of its own process. Those of other processes (each instance of a function is one) are bounded
    by the node's own queue, whose refusal is `overloaded` too.
    """

    def __init__(self, room: Room | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room or Room()
        self._clock = clock
        self._changed = threading.Condition()
        self._lines: dict[str, _Line] = {}
        self._typical_seconds = _FIRST_GUESS

    @contextmanager
    def turn(
        self, node: str, urgency: Urgency, seconds: float | None = None, cancellation: Cancellation | None = None
    ) -> Iterator[None]:
        """Wait for a turn at `node`, no longer than `seconds`, and keep it inside the `with`.

        Raises: ModelUnavailable (`overloaded`, with `retry_after_seconds`) where the line is full or too slow;
        Cancelled, which leaves the line.
        """
        patience = self.room.patience if seconds is None else min(seconds, self.room.patience)
        self._take(node, urgency, patience, cancellation or Cancellation())
        began = self._clock()
        try:
            yield
        finally:
            self._give_back(node, urgency, self._clock() - began)

    def busy(self, node: str) -> tuple[int, int]:
        """Return how many requests run at the node and how many wait for it."""
        with self._changed:
            line = self._lines.get(node, _Line())
            return line.everyone_running(), line.everyone_waiting()

    def _take(self, node: str, urgency: Urgency, patience: float, cancellation: Cancellation) -> None:
        ticket = _Ticket()
        with self._changed:
            line = self._lines.setdefault(node, _Line())
            tickets = line.waiting[urgency]
            tickets.append(ticket)
            try:
                if not self._may_go(line, urgency, ticket):
                    self._refuse_if_full(line, urgency)
                    with cancellation.waking(self._look_again):
                        if not self._changed.wait_for(
                            lambda: cancellation.cancelled or self._may_go(line, urgency, ticket), patience
                        ):
                            raise self._overloaded(line, f"No turn at the model came within {patience:g} s.")
                line.running[urgency] += 1
            finally:
                tickets.remove(ticket)
                self._forget_if_idle(node, line)
                self._changed.notify_all()

    def _look_again(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _may_go(self, line: _Line, urgency: Urgency, ticket: _Ticket) -> bool:
        if line.waiting[urgency][0] is not ticket or line.everyone_running() >= self.room.at_once:
            return False
        if urgency == "interactive":
            return True
        return not line.waiting["interactive"] and line.running["background"] < self.room.turns("background")

    def _refuse_if_full(self, line: _Line, urgency: Urgency) -> None:
        """The newcomer's own ticket is among those that wait."""
        here, in_all = line.everyone_waiting(), sum(each.everyone_waiting() for each in self._lines.values())
        own = len(line.waiting[urgency])
        if here > self.room.waiting or own > self.room.places(urgency) or in_all > self.room.waiting_in_all:
            raise self._overloaded(line, "Too many requests wait for the model.")

    def _overloaded(self, line: _Line, sentence: str) -> ModelUnavailable:
        ahead = max(1, line.everyone_waiting())
        seconds = math.ceil(self._typical_seconds * ahead / self.room.at_once)
        return unavailable(
            "overloaded", f"{sentence} Try again later.", retry_after_seconds=min(seconds, _LONGEST_RETRY_AFTER)
        )

    def _give_back(self, node: str, urgency: Urgency, seconds: float) -> None:
        with self._changed:
            line = self._lines[node]
            line.running[urgency] -= 1
            self._typical_seconds += _WEIGHT_OF_THE_LAST * (seconds - self._typical_seconds)
            self._forget_if_idle(node, line)
            self._changed.notify_all()

    def _forget_if_idle(self, node: str, line: _Line) -> None:
        """Nodes come and go; only those in use are remembered."""
        if not line.everyone_running() and not line.everyone_waiting():
            self._lines.pop(node, None)
