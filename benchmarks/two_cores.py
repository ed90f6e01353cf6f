"""Two cores and no more, so that a figure means the same on every machine."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def two_cores() -> Iterator[None]:
    """Keep this thread, and the threads that it starts, on two cores where the system can do that (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:2])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
