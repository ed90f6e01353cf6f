"""Answers that say what a test lets them say, and those who read them."""

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue

import pytest

from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.flights import Flights
from coaching.models.ports import Fragment
from coaching.models.reuse import AnswerKey

KEY, OTHER = AnswerKey(b"a"), AnswerKey(b"b")
DEADLINE = 60.0
Step = str | Exception


class Source:
    """An answer that says what a test lets it say, and waits in between. It counts its calls."""

    def __init__(self) -> None:
        self.steps: Queue[Step | None] = Queue()
        self.calls = 0
        self.running = 0
        self.began = threading.Event()
        self.ended = threading.Event()

    def says(self, *steps: Step) -> None:
        for step in steps:
            self.steps.put(step)

    def ends(self) -> None:
        self.steps.put(None)

    def __call__(self, cancellation: Cancellation) -> Iterator[Fragment]:
        self.calls += 1
        self.running += 1
        self.began.set()
        try:
            while True:
                with cancellation.waking(lambda: self.steps.put(None)):
                    step = self.steps.get(timeout=DEADLINE)
                if step is None:
                    return
                if isinstance(step, Exception):
                    raise step
                yield Fragment(step)
        finally:
            self.running -= 1
            self.ended.set()


class Reader:
    """Reads a flight in a thread of its own."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        flights: Flights,
        source: Callable[[Cancellation], Iterator[Fragment]],
        key: AnswerKey = KEY,
        seconds: float | None = None,
    ) -> None:
        self.cancellation = Cancellation()
        self.heard: list[str] = []
        self.of_another = False
        self._more = threading.Condition()
        self.done: Future[None] = pool.submit(self._read, flights, source, key, seconds)

    def _read(
        self,
        flights: Flights,
        source: Callable[[Cancellation], Iterator[Fragment]],
        key: AnswerKey,
        seconds: float | None,
    ) -> None:
        with flights.aboard(key, source) as (flight, others):
            self.of_another = others
            for fragment in flight.read(self.cancellation, seconds):
                with self._more:
                    self.heard.append(fragment.text)
                    self._more.notify_all()

    def has_heard(self, count: int) -> None:
        """Wait until so many fragments are there."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= count, DEADLINE)

    def leave(self) -> None:
        self.cancellation.cancel()
        with pytest.raises(Cancelled):
            self.done.result(DEADLINE)


def read(
    flights: Flights,
    source: Callable[[Cancellation], Iterator[Fragment]],
    left: Cancellation | None = None,
    key: AnswerKey = KEY,
) -> Generator[str, None, None]:
    with flights.aboard(key, source) as (flight, _):
        for fragment in flight.read(left or Cancellation()):
            yield fragment.text


def waiting(flights: Flights) -> int:
    return sum(flight.readers for flight in flights._flights.values())


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)
