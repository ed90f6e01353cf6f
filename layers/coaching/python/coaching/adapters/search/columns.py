"""A text per row where many rows have the same one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Rows = NDArray[np.intp]
"""Numbers of rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """`values` has each distinct value once, `numbers` the index into it for each row."""

    values: tuple[str, ...]
    numbers: Ints

    @classmethod
    def of(cls, values: Sequence[str]) -> "Column":
        known: dict[str, int] = {}
        numbers = np.array([known.setdefault(value, len(known)) for value in values], np.int64)
        return cls(tuple(known), numbers)

    @classmethod
    def joined(cls, columns: Sequence["Column"]) -> "Column":
        known: dict[str, int] = {}
        numbers = []
        for column in columns:
            renumbered = np.array([known.setdefault(value, len(known)) for value in column.values], np.int64)
            numbers.append(renumbered[column.numbers])
        return cls(tuple(known), np.concatenate(numbers))

    def value(self, row: int) -> str:
        return self.values[self.numbers.item(row)]

    def taken(self, rows: Rows) -> "Column":
        """Return the column of these rows, in this order, without the values that none of them has."""
        used, numbers = np.unique(self.numbers[rows], return_inverse=True)
        return Column(tuple(self.values[number] for number in used.tolist()), numbers)

    def rows_with(self, values: Sequence[bool]) -> NDArray[np.bool_]:
        """Return for each row what is given for its value."""
        return np.array(values, np.bool_)[self.numbers]
