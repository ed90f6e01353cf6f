"""Bounded retries with jitter."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from coaching.errors import StaleWrite

T = TypeVar("T")
_TRIES = 6
_FIRST_PAUSE_SECONDS = 0.02


def until_fresh(read_change_write: Callable[[], T]) -> T:
    """Run it again when somebody else wrote in between, up to 6 times within about a second.

    The pause doubles and is drawn from 0 to its bound ("full jitter"), so that two writers part ways.
    Raises: StaleWrite after the last try.
    """
    for tries in range(1, _TRIES):
        try:
            return read_change_write()
        except StaleWrite:
            time.sleep(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**tries))  # noqa: S311 - no secret
    return read_change_write()
