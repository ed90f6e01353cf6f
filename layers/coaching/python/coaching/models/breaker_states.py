"""What circuit breakers remember, and where they keep it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Slot(NamedTuple):
    """Calls that ended within one stretch of the window, counted from the clock's zero."""

    number: int
    ended: int
    failed: int


@dataclass(frozen=True, slots=True)
class BreakerState:
    """One breaker. All times are seconds of a monotonic clock, so they mean nothing in another process.

    It is closed while `pause` is 0. Otherwise it opened at `opened_at`, for `pause` seconds, and `reopened` counts how
    often a probe has failed since. `probes` are the times at which the probes under way began.
    """

    slots: tuple[Slot, ...] = ()
    opened_at: float = 0.0
    pause: float = 0.0
    reopened: int = 0
    probes: tuple[float, ...] = ()


CLOSED = BreakerState()
Change = Callable[[BreakerState], BreakerState]


class BreakerStates(Protocol):
    """The states of breakers by name; one that was never changed is `CLOSED`."""

    def get(self, name: str) -> BreakerState:
        """Return the state as it is now. Raises: StorageUnavailable."""

    def change(self, name: str, change: Change) -> BreakerState:
        """Replace the state at one stroke by what `change` makes of it, and return the one before.

        Raises: StorageUnavailable, when nothing was changed.
        """


class InstanceBreakerStates(BreakerStates):
    """States of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, BreakerState] = {}

    def get(self, name: str) -> BreakerState:
        return self._states.get(name, CLOSED)

    def change(self, name: str, change: Change) -> BreakerState:
        with self._lock:
            before = self._states.get(name, CLOSED)
            self._states[name] = change(before)
            return before
