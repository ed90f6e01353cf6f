"""From a thread that makes an answer part by part to the event loop that sends it."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from functools import cache
from types import TracebackType
from typing import Generic, TypeVar

from coaching.entrypoint.observability import log_failure, log_unexpected
from coaching.errors import CoachingError
from coaching.models.cancelling import Cancellation

P = TypeVar("P")
AT_ONCE = 128
"""Answers that one process makes at a time; more wait for their turn."""
ROOM = 16
"""Parts that are made and not yet taken. A reader who is slower than that holds the making up."""
LONGEST_WAIT_SECONDS = 30.0
"""For room: a reader who takes nothing for so long is gone."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reply")


class Relay(Generic[P]):
    """Runs `parts` in a thread, with the context of whoever enters, until they end or the reader leaves.

    Leaving cancels, which ends what `parts` wait for by this cancellation. Then the thread closes them, between two of
    them: an empty part is a chance for that, and is not handed on.
    """

    def __init__(self, parts: Generator[P, None, None], cancellation: Cancellation) -> None:
        self._parts = parts
        self._cancellation = cancellation
        self._room = threading.Semaphore(ROOM)
        self._ready: asyncio.Queue[P | None] = asyncio.Queue()
        self._running: Future[None] | None = None

    async def __aenter__(self) -> "Relay[P]":
        loop = asyncio.get_running_loop()
        self._running = _pool().submit(copy_context().run, self._run, loop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave. The thread is not waited for."""
        self._cancellation.cancel()
        self._room.release()
        if self._running:
            self._running.cancel()

    async def next(self, seconds: float) -> P | None:
        """Return the next part; None at the end. Raises: TimeoutError if there is none for so many seconds."""
        # Not `wait_for`: before Python 3.12 it may swallow a cancellation.
        async with asyncio.timeout(seconds):
            part = await self._ready.get()
        self._room.release()
        return part

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            with closing(self._parts):
                self._hand_over(loop)
        except CoachingError as error:
            log_failure(error)
        except Exception as error:  # noqa: BLE001 - nobody waits for this thread's outcome
            log_unexpected(error)
        finally:
            self._hand(loop, None)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        for part in self._parts:
            if part and not self._room.acquire(timeout=LONGEST_WAIT_SECONDS):
                return
            if self._cancellation.cancelled:
                return
            if part:
                self._hand(loop, part)

    def _hand(self, loop: asyncio.AbstractEventLoop, part: P | None) -> None:
        try:
            loop.call_soon_threadsafe(self._ready.put_nowait, part)
        except RuntimeError:
            # The loop was closed: the server has ended.
            self._cancellation.cancel()
