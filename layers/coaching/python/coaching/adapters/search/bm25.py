"""BM25 over arrays: which passage holds which term how often, and what each of these is worth to a query.

`score = sum over query terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))` with
`idf = ln(1 + (N - df + .5) / (df + .5))`. Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25
and Beyond" (2009), with the idf that stays positive, as Lucene has it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The counts of one segment: term t stands in `passages[offsets[t]:offsets[t+1]]`, `counts` times each.

    `lengths` has the number of terms of each passage.
    """

    terms: tuple[str, ...]
    offsets: Ints
    passages: Ints
    counts: Ints
    lengths: Ints

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> "TermCounts":
        """Count the terms of each passage; passages are numbered from 0 in their order."""
        numbers: dict[str, int] = {}
        lengths = np.array([len(text) for text in texts], np.int32)
        found = [numbers.setdefault(term, len(numbers)) for text in texts for term in text]
        owners = np.repeat(np.arange(len(texts)), lengths)
        # One number for each pair of term and passage: sorted, it lies as it is wanted.
        pairs, counts = np.unique(np.array(found, np.int64) * len(texts) + owners, return_counts=True)
        term, passages = np.divmod(pairs, max(len(texts), 1))
        offsets = np.concatenate(([0], np.cumsum(np.bincount(term, minlength=len(numbers)))))
        return cls(tuple(numbers), _ints(offsets), _ints(passages), _ints(counts), lengths)


@dataclass(frozen=True, slots=True)
class Bm25:
    """Scores for queries over all passages of a creator, one worth computed ahead per term and passage."""

    numbers: Mapping[str, int]
    offsets: NDArray[np.int64]
    passages: Ints
    worth: NDArray[np.float32]
    size: int

    @classmethod
    def over(cls, segments: Sequence[TermCounts]) -> "Bm25":
        """Join segments; their passages are numbered on, one segment after the other."""
        numbers: dict[str, int] = {}
        owners = [_owners(segment, numbers) for segment in segments]
        starts = np.cumsum([0, *(len(segment.lengths) for segment in segments)])
        moved = [segment.passages + np.int32(start) for segment, start in zip(segments, starts, strict=False)]
        term, passages = _joined(owners), _joined(moved)
        order = np.argsort(term, kind="stable")
        term, passages = term[order], passages[order]
        counts = _joined([segment.counts for segment in segments])[order]
        lengths = _joined([segment.lengths for segment in segments])
        sizes = np.bincount(term, minlength=len(numbers))
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        worth = _worth(counts, sizes[term], lengths, passages)
        return cls(numbers, offsets, passages, worth, len(lengths))

    def scores(self, query: Iterable[str]) -> NDArray[np.float32]:
        """Return the score of every passage, 0 where no term of the query stands. A repeated term counts again."""
        scores = np.zeros(self.size, np.float32)
        passages, worth = [], []
        for term, count in Counter(query).items():
            if (number := self.numbers.get(term)) is not None:
                span = slice(self.offsets[number], self.offsets[number + 1])
                passages.append(self.passages[span])
                worth.append(self.worth[span] * np.float32(count))
        if passages:
            np.add.at(scores, np.concatenate(passages), np.concatenate(worth))
        return scores


def _owners(segment: TermCounts, numbers: dict[str, int]) -> Ints:
    """Return the joined term number of each posting, new terms numbered on the way."""
    own = np.array([numbers.setdefault(term, len(numbers)) for term in segment.terms], np.int32)
    return np.repeat(own, np.diff(segment.offsets))


def _worth(counts: Ints, holders: NDArray[np.int64], lengths: Ints, passages: Ints) -> NDArray[np.float32]:
    size = len(lengths)
    idf = np.log1p((size - holders + 0.5) / (holders + 0.5))
    mean = max(float(lengths.mean()), 1.0) if size else 1.0
    damping = K1 * (1 - B + B * lengths[passages] / mean)
    return (idf * counts * (K1 + 1) / (counts + damping)).astype(np.float32)


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def _ints(values: NDArray[np.signedinteger]) -> Ints:
    return values.astype(np.int32)
