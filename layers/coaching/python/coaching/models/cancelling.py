"""Whoever reads an answer may leave while nothing comes; then every wait for it ends at once.

A generator can be closed only between two of its items. So a prompt carries a `Cancellation`, and each place that waits
on its behalf (a socket, a line, a load, a pause) says there how it is woken.
"""

import threading
from collections.abc import Callable
from types import TracebackType

Wake = Callable[[], None]
"""Ends a wait in another thread. Called at most once, by whoever cancels: it is quick and raises nothing."""


class Cancelled(Exception):
    """The reader has left. No failure of a model: nobody else is asked, and no breaker counts it."""


class Cancellation:
    """Whether the reader of one answer has left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._waits: set[Waking] = set()

    @property
    def cancelled(self) -> bool:
        return self._left.is_set()

    def cancel(self) -> None:
        """End every wait, those that are still to come too."""
        with self._lock:
            self._left.set()
            waits = tuple(self._waits)
        for wait in waits:
            wait.wake()

    def check(self) -> None:
        """Raises: Cancelled."""
        if self._left.is_set():
            raise Cancelled

    def waking(self, wake: Wake) -> "Waking":
        """Return the context whose wait inside is ended by `wake`."""
        return Waking(self, wake)

    def begin(self, wait: "Waking") -> None:
        """Raises: Cancelled."""
        with self._lock:
            self.check()
            self._waits.add(wait)

    def end(self, wait: "Waking") -> None:
        """Raises: Cancelled."""
        with self._lock:
            self._waits.discard(wait)
        self.check()

    def sleep(self, seconds: float) -> None:
        """Raises: Cancelled."""
        self._left.wait(seconds)
        self.check()


class Waking:
    """A wait that a cancellation ends. Raises: Cancelled in place of whatever came of one that was ended.

    A class, for one surrounds each token of an answer, and a generator's context takes several times as long.
    """

    __slots__ = ("_cancellation", "wake")

    def __init__(self, cancellation: Cancellation, wake: Wake) -> None:
        self._cancellation = cancellation
        self.wake = wake

    def __enter__(self) -> None:
        self._cancellation.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cancellation.end(self)
