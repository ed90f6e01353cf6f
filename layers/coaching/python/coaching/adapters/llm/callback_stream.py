"""Turns a call that pushes items into a callback into an iterator that is pulled."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Generic, TypeVar

from coaching.adapters.llm.deadlines import Countdown
from coaching.models.failures import unavailable

Item = TypeVar("Item")
Push = Callable[[Item], bool]
"""Takes an item; returns whether the call should stop."""

_POLL_SECONDS = 0.02


class CallbackStream(Generic[Item]):
    """The items of one call. At most `ahead` of them are kept while nobody pulls."""

    def __init__(self, countdown: Countdown, ahead: int = 64) -> None:
        self._countdown = countdown
        self._items: queue.Queue[Item | None] = queue.Queue(ahead)
        self._cancelled = threading.Event()
        self._call: Future[None] | None = None

    def start(self, executor: Executor, call: Callable[[Push[Item]], None]) -> None:
        """Run `call` when the executor has a free thread."""
        self._call = executor.submit(self._run, call)

    def items(self) -> Iterator[Item]:
        """Yield what the call pushes, each within what the countdown leaves; raise what the call raises.

        Raises: ModelUnavailable (`overloaded` when the call could not even begin in time), Cancelled.
        """
        while (item := self._next()) is not None:
            yield item
        if self._call is not None:
            self._call.result(self._countdown.remaining())

    def cancel(self) -> None:
        """Make the call stop at its next push; one that waits for its thread never begins."""
        self._cancelled.set()
        if self._call is not None:
            self._call.cancel()

    def _next(self) -> Item | None:
        with self._countdown.waiting(self._wake) as seconds:
            try:
                return self._items.get(timeout=seconds)
            except queue.Empty:
                if self._call is not None and self._call.cancel():
                    raise unavailable("overloaded", "The model is busy with other answers: try again.") from None
                raise TimeoutError from None

    def _wake(self) -> None:
        with suppress(queue.Full):  # then nobody waits
            self._items.put_nowait(None)

    def _run(self, call: Callable[[Push[Item]], None]) -> None:
        try:
            call(self._push)
        finally:
            self._push(None)

    def _push(self, item: Item | None) -> bool:
        while not self._cancelled.is_set() and not self._countdown.over():
            try:
                self._items.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return False
        return True
