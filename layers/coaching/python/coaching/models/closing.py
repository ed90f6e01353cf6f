"""An answer that is left before its end is closed, so that its model stops."""

from collections.abc import Iterator
from contextlib import contextmanager

from coaching.models.ports import Fragment


@contextmanager
def closed_at_the_end(fragments: Iterator[Fragment]) -> Iterator[Iterator[Fragment]]:
    """Yield the fragments and close them afterwards, if they can be closed: an iterator need not have a `close`."""
    try:
        yield fragments
    finally:
        getattr(fragments, "close", _nothing)()


def _nothing() -> None:
    """Close what has nothing to close."""
