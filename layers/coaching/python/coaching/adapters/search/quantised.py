"""Vectors as 12-bit numbers in two parts: the coarse part is scanned, both together rank what the scan found.

A row is `scale * (16 * coarse + fine)` with the row's largest component at 127 * 16, so that a component is off by at
most 1 / 4,064 of the largest, and a row that is read and stored again stays as it is. With 384 dimensions a cosine is
off by .00003 as a rule (the errors of components are independent) and by less than .005 whatever the vectors are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.columns import Rows
from coaching.knowledge.ports import Vector, Vectors

Scores = NDArray[np.float32]
Numbers = NDArray[np.int16]
Runs = NDArray[np.intp]
"""(n, 2), where each run of rows begins and where it ends."""
_FINE = 16
_HIGHEST = 127 * _FINE
_BLOCK = 512
"""Rows that are turned into floats at a time: together with them they fit into a core's cache."""


@dataclass(frozen=True, slots=True)
class Quantised:
    """`coarse` is (n, dimension), `fine` has two components a byte, `scale` is (n,).

    No score of `scan` is further than `slack` from that of `vectors`, for a query of length 1: the length of what the
    fine part adds, at most (Cauchy and Schwarz).
    """

    coarse: NDArray[np.int8]
    fine: NDArray[np.uint8]
    scale: Scores
    slack: float

    @classmethod
    def of(cls, vectors: Vectors) -> "Quantised":
        scale = (np.abs(vectors).max(axis=1, initial=0) / _HIGHEST).astype(np.float32)
        # A row of zeros has no direction; any scale will do.
        scale[scale == 0] = 1
        numbers = np.rint(vectors / scale[:, None]).astype(np.int32)
        # The coarse part is rounded, so that the fine one is -8 to 7 and the coarse one at most 127.
        coarse = (numbers + _FINE // 2) // _FINE
        fine = numbers - coarse * _FINE
        return cls(coarse.astype(np.int8), _packed(fine), scale, _slack(fine, scale))

    @classmethod
    def joined(cls, parts: Sequence["Quantised"]) -> "Quantised":
        return cls(
            np.concatenate([part.coarse for part in parts]),
            np.concatenate([part.fine for part in parts]),
            np.concatenate([part.scale for part in parts]),
            max(part.slack for part in parts),
        )

    def __len__(self) -> int:
        return len(self.scale)

    def taken(self, rows: Rows) -> "Quantised":
        """Return these rows, in this order."""
        if np.array_equal(rows, np.arange(len(self))):
            return self
        return Quantised(self.coarse[rows], self.fine[rows], self.scale[rows], self.slack)

    def scan(self, query: Vector, runs: Runs, out: Scores) -> int:
        """Write the dot products of the runs' rows with the query, up to `slack`, into `out`; return how many."""
        floats = np.empty((_BLOCK, len(query)), np.float32)
        scale = np.empty(_BLOCK, np.float32)
        weighted = np.float32(_FINE) * query
        done = 0
        for block in _blocks(runs):
            held = 0
            for start, end in block:
                np.copyto(floats[held : held + end - start], self.coarse[start:end])
                scale[held : held + end - start] = self.scale[start:end]
                held += end - start
            part = out[done : done + held]
            np.dot(floats[:held], weighted, out=part)
            part *= scale[:held]
            done += held
        return done

    def vectors(self, rows: Rows) -> Vectors:
        """Return rows as floats."""
        vectors = self.numbers(rows).astype(np.float32)
        vectors *= self.scale[rows, None]
        return vectors

    def numbers(self, rows: Rows) -> Numbers:
        """Return rows as whole numbers, to be multiplied by their scale."""
        numbers = self.coarse[rows].astype(np.int16)
        numbers *= _FINE
        numbers += _unpacked(self.fine[rows], numbers.shape[1])
        return numbers


def _packed(fine: NDArray[np.int32]) -> NDArray[np.uint8]:
    halves = (fine + _FINE // 2).astype(np.uint8)
    if halves.shape[1] % 2:
        halves = np.pad(halves, ((0, 0), (0, 1)))
    return halves[:, ::2] | halves[:, 1::2] << np.uint8(4)


def _unpacked(packed: NDArray[np.uint8], dimension: int) -> NDArray[np.int8]:
    halves = np.empty((len(packed), 2 * packed.shape[1]), np.int8)
    halves[:, ::2] = packed & np.uint8(15)
    halves[:, 1::2] = packed >> np.uint8(4)
    return halves[:, :dimension] - np.int8(_FINE // 2)


def _blocks(runs: Runs) -> Iterator[list[tuple[int, int]]]:
    """Yield runs, cut where they must be, in groups of `_BLOCK` rows."""
    group, room = [], _BLOCK
    for first, last in runs.tolist():
        start = first
        while start < last:
            end = min(last, start + room)
            group.append((start, end))
            room -= end - start
            start = end
            if not room:
                yield group
                group, room = [], _BLOCK
    if group:
        yield group


def _slack(fine: NDArray[np.int32], scale: Scores) -> float:
    lengths: NDArray[Any] = np.linalg.norm(fine.astype(np.float32), axis=1) * scale
    # A little more for what sums of floats are off.
    return float(lengths.max(initial=0)) + 1e-5
