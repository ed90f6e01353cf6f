"""Answers that are being generated, each read by all who ask for the same at the same time."""

import copy
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Final

from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation
from coaching.models.closing import closed_at_the_end
from coaching.models.failures import unavailable
from coaching.models.ports import Fragment
from coaching.models.reuse import AnswerKey

LONGEST_WAIT: Final = 300.0
"""Seconds in which a reader has the whole answer, who named no shorter time. A model's own deadlines end before."""

Generate = Callable[[Cancellation], Iterator[Fragment]]
"""Begins an answer, whose waits end when it is cancelled."""


class Flight:
    """One answer on its way. `readers` and `landed` are guarded by the lock of `Flights`, all else by its own."""

    def __init__(self) -> None:
        self.readers = 1
        self.landed = False
        self.failure: BaseException | None = None
        self.cancellation = Cancellation()
        self._changed = threading.Condition()
        self._said: list[Fragment] = []
        self._over = False

    def read(self, cancellation: Cancellation, seconds: float | None = None) -> Iterator[Fragment]:
        """Yield the answer from its beginning on.

        Raises: what generating it raised; ModelUnavailable (`timeout`) after `seconds`; Cancelled.
        """
        end = time.monotonic() + (LONGEST_WAIT if seconds is None else seconds)
        place = 0
        while (fragment := self._fragment(place, cancellation, end)) is not None:
            yield fragment
            place += 1

    def carry(self, generate: Generate) -> None:
        """Take the answer in, up to its end or until nobody reads it."""
        try:
            self.cancellation.check()
            with closed_at_the_end(generate(self.cancellation)) as fragments:
                for fragment in fragments:
                    with self._changed:
                        self._said.append(fragment)
                        self._changed.notify_all()
                    self.cancellation.check()
        except BaseException as error:  # noqa: BLE001 - it is the readers' to raise, whatever it is
            self.failure = error

    def end(self) -> None:
        """Say that nothing more will come."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _fragment(self, place: int, cancellation: Cancellation, end: float) -> Fragment | None:
        """Return a fragment once it is there; None behind the last one."""
        with self._changed:
            if place >= len(self._said) and not self._over:
                self._wait(place, cancellation, end)
            if place < len(self._said):
                return self._said[place]
        if isinstance(self.failure, ModelUnavailable):
            # Each reader's own: a traceback grows where it is raised.
            raise copy.copy(self.failure) from self.failure
        if self.failure is not None:
            raise self.failure
        return None

    def _wait(self, place: int, cancellation: Cancellation, end: float) -> None:
        def come() -> bool:
            return place < len(self._said) or self._over or cancellation.cancelled

        with cancellation.waking(self._look_again):
            if not self._changed.wait_for(come, max(0.0, end - time.monotonic())):
                raise unavailable("timeout", "The answer, which others wait for too, takes too long: ask again.")

    def _look_again(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Flights:
    """One call for all who ask for the same at once.

    An answer is generated in a thread of `pool`, so that it depends on none of its readers: each gets what was said so
    far and then what comes, in their own time, and may leave. When the last one has left it is cancelled. A failure
    reaches all readers: it is about the model or the prompt, which they have in common, and one try after the other
    would make the last of them wait for all. Who asks again finds the others who do, in one new call.
    """

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        # A reader that is left to the garbage collector leaves at any point of any thread, this lock's holder included.
        self._lock = threading.RLock()
        self._flights: dict[AnswerKey, Flight] = {}

    @contextmanager
    def aboard(self, key: AnswerKey, generate: Generate) -> Iterator[tuple[Flight, bool]]:
        """Yield the answer's flight, and whether it was another's; inside the `with` it can be read.

        Who comes after a reader has left the whole answer behind begins anew.
        """
        flight, joined = self._boarded(key)
        try:
            if not joined:
                self._begin(key, flight, generate)
            yield flight, joined
        finally:
            self._leave(key, flight)

    def _boarded(self, key: AnswerKey) -> tuple[Flight, bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                flight.readers += 1
                return flight, True
            flight = self._flights[key] = Flight()
            return flight, False

    def _begin(self, key: AnswerKey, flight: Flight, generate: Generate) -> None:
        try:
            # The copy carries the request's id into the thread's log lines.
            self._pool.submit(copy_context().run, self._fly, key, flight, generate)
        except RuntimeError:
            flight.failure = unavailable("overloaded", "This process is ending: ask again.")
            self._land(key, flight)

    def _fly(self, key: AnswerKey, flight: Flight, generate: Generate) -> None:
        flight.carry(generate)
        self._land(key, flight)

    def _land(self, key: AnswerKey, flight: Flight) -> None:
        with self._lock:
            flight.landed = True
            if flight.failure is not None:
                self._forget(key, flight)
        flight.end()

    def _leave(self, key: AnswerKey, flight: Flight) -> None:
        with self._lock:
            flight.readers -= 1
            if flight.readers and not flight.landed:
                return
            self._forget(key, flight)
        if not flight.readers:
            flight.cancellation.cancel()

    def _forget(self, key: AnswerKey, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
