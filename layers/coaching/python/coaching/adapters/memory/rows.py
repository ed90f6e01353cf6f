"""Rows in memory, apart by owner: what the in-memory adapters share."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, dataclass, field, replace
from threading import RLock
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from coaching.adapters.cursors import cursor_after, last_before
from coaching.errors import NotFound, StaleWrite
from coaching.vocabulary import Page

T = TypeVar("T")
Owner = tuple[str, ...]


class Revised(Protocol):
    """A dataclass whose `revision` counts its writes."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def revision(self) -> int: ...


R = TypeVar("R", bound=Revised)


@dataclass(frozen=True, slots=True)
class MemoryRows(Generic[T]):
    """Values by owner and id. Whoever reads before writing does both inside `alone`."""

    kind: str
    owners: dict[Owner, dict[str, T]] = field(default_factory=lambda: defaultdict(dict))
    lock: RLock = field(default_factory=RLock)

    @contextmanager
    def alone(self, owner: Owner) -> Iterator[dict[str, T]]:
        """Give the owner's rows to one thread at a time."""
        with self.lock:
            yield self.owners[owner]

    def get(self, owner: Owner, row_id: str) -> T:
        """Raises: NotFound."""
        with self.alone(owner) as rows:
            if row_id not in rows:
                raise NotFound(f"There is no such {self.kind}.")
            return rows[row_id]

    def remove(self, owner: Owner, row_id: str) -> T:
        """Delete and return the row. Raises: NotFound."""
        with self.alone(owner) as rows:
            value = self.get(owner, row_id)
            del rows[row_id]
            return value

    def page(self, owner: Owner, *, limit: int, cursor: str | None, newest_first: bool = False) -> Page[T]:
        """Return a page in the order of ids. Raises: Malformed for another list's cursor."""
        scope = (self.kind, *owner)
        last = None if cursor is None else last_before(scope, cursor)
        with self.alone(owner) as rows:
            ids = sorted(rows, reverse=newest_first)
            if last is not None:
                ids = [row_id for row_id in ids if (row_id < last if newest_first else row_id > last)]
            items = tuple(rows[row_id] for row_id in ids[:limit])
        return Page(items, cursor_after(scope, ids[limit - 1]) if len(ids) > limit else None)


def saved(rows: MemoryRows[R], owner: Owner, row_id: str, value: R) -> R:
    """Store and return the next revision; revision 0 creates. Raises: StaleWrite."""
    with rows.alone(owner) as owned:
        kept = owned.get(row_id)
        if value.revision != (kept.revision if kept else 0):
            raise StaleWrite("Somebody else changed this meanwhile; read it again and retry.")
        owned[row_id] = replace(value, revision=value.revision + 1)
        return owned[row_id]
