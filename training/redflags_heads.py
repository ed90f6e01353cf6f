"""Fits linear heads to examples of which not every label is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coaching.safety.redflags.weights import Linear
from coaching.safety.redflags.words import BUCKETS, hashed
from training.descent import minimised
from training.logistic import Array


class Rows(Protocol):
    """The features of n examples."""

    def times(self, weights: Array) -> Array:
        """Return (n, heads) for weights of (features, heads)."""

    def turned_times(self, of_rows: Array) -> Array:
        """Return (features, heads) for (n, heads)."""

    def where(self, rows: NDArray[np.int64]) -> "Rows": ...


@dataclass(frozen=True, slots=True)
class Dense(Rows):
    matrix: Array

    def times(self, weights: Array) -> Array:
        product: Array = self.matrix @ weights
        return product

    def turned_times(self, of_rows: Array) -> Array:
        product: Array = self.matrix.T @ of_rows
        return product

    def where(self, rows: NDArray[np.int64]) -> "Dense":
        return Dense(self.matrix[rows])


@dataclass(frozen=True, slots=True)
class Words(Rows):
    """Hashed words: row i fills `buckets[starts[i]:starts[i + 1]]`."""

    buckets: NDArray[np.int64]
    filled: Array
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Words":
        found = [hashed(text) for text in texts]
        sizes = [len(buckets) for buckets, _ in found]
        return cls(
            np.concatenate([buckets for buckets, _ in found]),
            np.concatenate([filled for _, filled in found]),
            np.cumsum([0, *sizes]),
        )

    def times(self, weights: Array) -> Array:
        columns = []
        for column in weights.T:
            sums = np.concatenate([[0.0], np.cumsum(np.ascontiguousarray(column)[self.buckets] * self.filled)])
            columns.append(sums[self.starts[1:]] - sums[self.starts[:-1]])
        return np.stack(columns, axis=1)

    def turned_times(self, of_rows: Array) -> Array:
        sizes = np.diff(self.starts)
        columns = [np.bincount(self.buckets, np.repeat(column, sizes) * self.filled, BUCKETS) for column in of_rows.T]
        return np.stack(columns, axis=1)

    def where(self, rows: NDArray[np.int64]) -> "Words":
        sizes = np.diff(self.starts)[rows]
        taken = np.concatenate([np.arange(self.starts[row], self.starts[row + 1]) for row in rows])
        return Words(self.buckets[taken], self.filled[taken], np.cumsum([0, *sizes]))

    def scaled(self, weights: Array) -> "Words":
        return Words(self.buckets, self.filled * weights[self.buckets], self.starts)

    def rarity(self) -> Array:
        """Return how rare each bucket is (inverse document frequency)."""
        counts = np.bincount(self.buckets, minlength=BUCKETS)
        rarity: Array = np.log((len(self.starts) + 1) / (counts + 1)) + 1
        return rarity


def fit_heads(
    rows: Rows,
    features: int,
    labels: Array,
    importance: Array,
    penalty: float,
    *,
    even: bool = True,
    steps: int = 200,
) -> Linear:
    """Return a logistic head per column of `labels` (n, heads; 0 or 1), each by the rows that count for it.

    `importance` (n, heads) is 0 where a label is not known. `even`: both labels of a head count the same in sum.
    """
    counted = importance / np.maximum(1e-9, importance.sum(axis=0))
    if even:
        shares = np.maximum(1e-9, (counted * labels).sum(axis=0))
        counted = np.where(labels > 0, counted / shares, counted / np.maximum(1e-9, 1 - shares)) / 2
    heads = labels.shape[1]

    def objective(point: Array) -> tuple[float, Array]:
        weights, bias = point[:-1], point[-1]
        logits = rows.times(weights) + bias
        value = float((counted * (np.logaddexp(0, logits) - labels * logits)).sum())
        missed = counted * (1 / (1 + np.exp(-np.clip(logits, -35, 35))) - labels)
        slope = np.vstack([rows.turned_times(missed) + penalty * weights, missed.sum(axis=0)])
        return value + penalty / 2 * float((weights**2).sum()), slope

    found = minimised(objective, np.zeros((features + 1, heads)), steps)
    return Linear(found[:-1], found[-1])


def fit_kinds(rows: Rows, features: int, kinds: NDArray[np.int64], count: int, penalty: float) -> Linear:
    """Return heads whose softmax tells `count` kinds apart; kind -1 is left out."""
    known = np.flatnonzero(kinds >= 0)
    kept, wanted = rows.where(known), np.eye(count)[kinds[known]]
    share = 1 / len(known)

    def objective(point: Array) -> tuple[float, Array]:
        weights, bias = point[:-1], point[-1]
        logits = kept.times(weights) + bias
        top = logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
        value = share * float((total - (logits * wanted).sum(axis=1, keepdims=True)).sum())
        missed = share * (np.exp(logits - total) - wanted)
        slope = np.vstack([kept.turned_times(missed) + penalty * weights, missed.sum(axis=0)])
        return value + penalty / 2 * float((weights**2).sum()), slope

    found = minimised(objective, np.zeros((features + 1, count)))
    return Linear(found[:-1], found[-1])
