"""Rows for a first look: three rows share doubles, so that one product of doubles compares the query with all three.

Of a row and of the query only whole numbers are taken, so small that by Cauchy and Schwarz the product of a row and the
query lies within half of `_FIELD`. Three such numbers, a, b and c, are a * _FIELD**2 + b * _FIELD + c, which a double
holds exactly, also while the products of single components are summed; rounding takes them apart again. This reads
2.7 bytes a component where a float has 4, and reading is what a scan costs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coaching.knowledge.ports import Vector, Vectors

Scores = NDArray[np.float32]
_FIELD: Final = 2.0**18
"""Three of them fill the 53 bits and the sign of a double."""
_ROUNDS: Final = 1.5 * 2.0**52
"""Doubles around it are whole numbers, one apart."""
_ROUNDING: Final = 1e-5
"""What sums of floats may be off, for vectors of length 1."""


@dataclass(frozen=True, slots=True)
class Packed:
    """`threes` is (n / 3, dimension); row i stands in one of its thirds, in order.

    A row is its whole numbers times `unit`, but for a rest of length `rest` at most; rows are `longest` at most.
    """

    threes: NDArray[np.float64]
    count: int
    unit: float
    rest: float
    longest: float

    @classmethod
    def of(cls, vectors: Vectors) -> "Packed":
        count, dimension = vectors.shape
        third = -(-count // 3)
        longest = _longest(vectors)
        unit = _unit(longest, dimension)
        threes, rest = np.zeros((third, dimension)), 0.0
        for start in (0, third, 2 * third):
            part = vectors[start : start + third]
            whole = np.rint(part / np.float32(unit))
            rest = max(rest, _longest(part - whole * np.float32(unit)))
            threes *= _FIELD
            threes[: len(part)] += whole
        return cls(threes, count, unit, rest, longest)

    def scan(self, query: Vector) -> tuple[Scores, float]:
        """Return each row's product with the query, and how much it is off at most."""
        length = _longest(query[None])
        unit = _unit(length, len(query))
        whole = np.rint(query / np.float32(unit))
        rest = _longest((query - whole * np.float32(unit))[None])
        left = self.threes @ whole.astype(np.float64)
        worth = self.unit * unit
        scores = np.empty((3, len(left)), np.float32)
        for third, size in zip(scores[:2], (_FIELD**2, _FIELD), strict=True):
            # A double so large has no place for what is smaller than the field: adding it rounds that away.
            field = left + size * _ROUNDS
            field -= size * _ROUNDS
            left -= field
            third[:] = field * (worth / size)
        scores[2] = left * worth
        off = self.rest * length + (self.longest + self.rest) * rest + _ROUNDING * self.longest * length
        return scores.ravel()[: self.count], off


def _unit(longest: float, dimension: int) -> float:
    """Return what 1 stands for, so that whole numbers of two vectors have a product within half a field.

    Rounding adds half a number to each component at most.
    """
    room = (_FIELD / 2 - 1) ** 0.5 - dimension**0.5 / 2
    return float(np.float32(longest / room)) or 1.0


def _longest(vectors: Vectors) -> float:
    return float(np.sqrt(np.einsum("ij,ij->i", vectors, vectors).max(initial=0)))
