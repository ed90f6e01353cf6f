"""Rows that are searched again and again, as floats: what is compared with them needs no scan and no second look."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from coaching.knowledge.ports import Vectors

FEWEST: Final = 1_024
"""Fewer rows are scanned as they are stored in a tenth of a millisecond."""
_LARGEST_BYTES: Final = 32 * 1024 * 1024
"""More floats than a processor's cache holds are read more slowly than bytes are turned into floats."""
_ALL_BYTES: Final = 128 * 1024 * 1024
_KNOWN: Final = 256


class HotRows:
    """Shared by all creators of a store; what was asked for longest ago goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, Vectors | None] = OrderedDict()
        self._guard = Lock()

    def get(self, key: object, rows: int, dimension: int, make: "Callable[[], Vectors]") -> "Vectors | None":
        """Return a key's rows as floats from the second time on; None where there are too few or too many."""
        if rows < FEWEST or rows * dimension * 4 > _LARGEST_BYTES:
            return None
        with self._guard:
            known = key in self._kept
            floats = self._kept.setdefault(key, None)
            self._kept.move_to_end(key)
        if not known or floats is not None:
            return floats
        floats = make()
        with self._guard:
            self._kept[key] = floats
            self._make_room()
        return floats

    def _make_room(self) -> None:
        held = sum(floats.nbytes for floats in self._kept.values() if floats is not None)
        while held > _ALL_BYTES or len(self._kept) > _KNOWN:
            _, dropped = self._kept.popitem(last=False)
            held -= 0 if dropped is None else dropped.nbytes
