"""Rows that are searched again and again: copied together and packed, they are scanned twice as fast and more."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np

from coaching.adapters.search.columns import Rows
from coaching.adapters.search.packed import Packed
from coaching.adapters.search.quantised import Numbers, Scores
from coaching.knowledge.ports import Vector

FEWEST: Final = 1_024
"""Fewer rows are scanned as they are stored in a tenth of a millisecond."""
_LARGEST_BYTES: Final = 32 * 1024 * 1024
"""More than a processor's cache holds is read more slowly than bytes are turned into floats."""
_BYTES_A_COMPONENT: Final = 8 / 3 + 2
_ALL_BYTES: Final = 128 * 1024 * 1024
_KNOWN: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """The same rows twice: `packed` tells which are worth a second look, at `numbers` times `scale`."""

    packed: Packed
    numbers: Numbers
    scale: Scores

    @classmethod
    def of(cls, numbers: Numbers, scale: Scores) -> "Copied":
        return cls(Packed.of(numbers * scale[:, None]), numbers, scale)

    @property
    def nbytes(self) -> int:
        return self.packed.threes.nbytes + self.numbers.nbytes + self.scale.nbytes

    def products(self, rows: Rows, query: Vector) -> Scores:
        """Return the rows' products with the query, in full."""
        products: Scores = self.numbers.take(rows, axis=0).astype(np.float32) @ query
        return products * self.scale[rows]


class HotRows:
    """Shared by all creators of a store; what was asked for longest ago goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, Copied | None] = OrderedDict()
        self._guard = Lock()

    def get(self, key: object, rows: int, dimension: int, copy: Callable[[], Copied]) -> Copied | None:
        """Return the copy of a key's rows from the second time on; None where there are too few or too many."""
        if rows < FEWEST or rows * dimension * _BYTES_A_COMPONENT > _LARGEST_BYTES:
            return None
        with self._guard:
            known = key in self._kept
            copied = self._kept.setdefault(key, None)
            self._kept.move_to_end(key)
        if not known or copied is not None:
            return copied
        copied = copy()
        with self._guard:
            self._kept[key] = copied
            self._make_room()
        return copied

    def _make_room(self) -> None:
        held = sum(copied.nbytes for copied in self._kept.values() if copied is not None)
        while held > _ALL_BYTES or len(self._kept) > _KNOWN:
            _, dropped = self._kept.popitem(last=False)
            held -= 0 if dropped is None else dropped.nbytes
