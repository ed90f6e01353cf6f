"""How often the store tries again: one budget for everything that goes wrong in one call of it."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from coaching.errors import SearchUnavailable

T = TypeVar("T")
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0


class Busy(SearchUnavailable):
    """The same request may succeed a little later; `wait_seconds` is what the server asked for, 0 if nothing."""

    def __init__(self, message: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Patience:
    """Permits `retries` further tries, whatever requests they are spent on. The client itself tries nothing again."""

    def __init__(self, retries: int, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._retries = retries
        self._sleep = sleep
        self._spent = 0

    def until_done(self, request: Callable[[], T]) -> T:
        """Return what the request returns, tried again while it is Busy. Raises: SearchUnavailable."""
        while True:
            try:
                return request()
            except Busy as error:
                self.pause(error)

    def pause(self, error: Busy) -> None:
        """Wait before another try: twice as long each time, by half at random, at least as long as was asked for.

        Raises: the error itself, when the tries are spent or the server asks for more than five seconds.
        """
        if self._spent >= self._retries or error.wait_seconds > LONGEST_PAUSE_SECONDS:
            error.retry_after_seconds = max(error.retry_after_seconds, round(error.wait_seconds))
            raise error
        bound = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self._spent)
        self._spent += 1
        self._sleep(max(error.wait_seconds, random.uniform(bound / 2, bound)))  # noqa: S311 - no secret
