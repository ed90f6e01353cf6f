"""BM25 over arrays: which passage holds which term how often, and what that is worth to a query.

`score = sum over query terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))` with
`idf = ln(1 + (N - df + .5) / (df + .5))`. Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25
and Beyond" (2009), with the idf that stays positive, as Lucene has it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.term_numbers import changes, numbers_of_question, terms_of
from coaching.adapters.search.words import Analyzer

K1 = 1.2
B = 0.75

Ints = NDArray[np.integer[Any]]
Hashes = NDArray[np.uint64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The counts of one segment: term t stands in `passages[offsets[t]:offsets[t+1]]`, `counts` times each.

    `terms` has the hashes in order, `lengths` the number of terms of each passage.
    """

    terms: Hashes
    offsets: Ints
    passages: Ints
    counts: Ints
    lengths: Ints

    @classmethod
    def of(cls, texts: Sequence[str], analyzer: Analyzer) -> "TermCounts":
        """Count the terms of each passage; passages are numbered from 0 in their order."""
        terms = terms_of(texts, analyzer)
        # One number for each place of a term in a passage: sorted, they stand as they are wanted.
        pairs = np.sort(terms.ranks * max(len(texts), 1) + terms.texts)
        first = np.flatnonzero(changes(pairs))
        ranks, passages = np.divmod(pairs[first], max(len(texts), 1))
        offsets = np.searchsorted(ranks, np.arange(len(terms.numbers) + 1))
        lengths = np.bincount(terms.texts, minlength=len(texts))
        return cls(terms.numbers, offsets, passages, np.diff(first, append=len(pairs)), lengths)

    @classmethod
    def _gathered(cls, terms: Hashes, passages: Ints, counts: Ints, lengths: Ints, kept: Ints) -> "TermCounts":
        """Put single postings, all of kept passages, in the order of their terms, and number passages as kept."""
        numbers = np.empty(int(kept.max(initial=-1)) + 1, np.int64)
        numbers[kept] = np.arange(len(kept))
        order = np.argsort(terms, kind="stable")
        terms = terms[order]
        first = np.flatnonzero(changes(terms))
        return cls(terms[first], np.append(first, len(terms)), numbers[passages[order]], counts[order], lengths)

    @classmethod
    def joined(cls, parts: Sequence["TermCounts"], order: Ints) -> "TermCounts":
        """Return the counts of all parts, whose passages are numbered on, one part after the other, in a new order."""
        starts = np.cumsum([0, *(len(part.lengths) for part in parts)])
        return cls._gathered(
            np.concatenate([part.postings() for part in parts]),
            np.concatenate([part.passages + start for part, start in zip(parts, starts, strict=False)]),
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.lengths for part in parts])[order],
            order,
        )

    def taken(self, passages: Ints) -> "TermCounts":
        """Return the counts of these passages, in this order."""
        kept = np.isin(self.passages, passages)
        return self._gathered(
            self.postings()[kept], self.passages[kept], self.counts[kept], self.lengths[passages], passages
        )

    def postings(self) -> Hashes:
        """Return the hash that belongs to each of `passages`."""
        offsets = self.offsets.astype(np.int64)
        return np.repeat(self.terms, offsets[1:] - offsets[:-1])

    def spans(self, hashes: Hashes) -> list[slice | None]:
        """Return where the postings of each term stand, None for a term of no passage."""
        if not len(self.terms):
            return [None] * len(hashes)
        places = np.minimum(np.searchsorted(self.terms, hashes), len(self.terms) - 1)
        found = (self.terms[places] == hashes).tolist()
        starts, ends = self.offsets[places].tolist(), self.offsets[places + 1].tolist()
        return [slice(start, end) if here else None for start, end, here in zip(starts, ends, found, strict=True)]


class Bm25:
    """Scores for queries over all passages of a creator, segment after segment."""

    def __init__(self, segments: Sequence[TermCounts], analyzer: Analyzer) -> None:
        """Score by segments whose terms are the analyzer's."""
        self._segments, self._analyzer = segments, analyzer
        lengths = [segment.lengths for segment in segments]
        self._starts = [0, *np.cumsum([len(part) for part in lengths]).tolist()]
        self._size = self._starts[-1]
        mean = max(sum(int(part.sum(dtype=np.int64)) for part in lengths) / max(self._size, 1), 1.0)
        self._damping = [(K1 * (1 - B + B * part / mean)).astype(np.float32) for part in lengths]

    def scores(self, query: str) -> Scores | None:
        """Return the score of every passage, 0 where no term of the query stands; None where none stands anywhere.

        A repeated term counts again.
        """
        wanted = Counter(numbers_of_question(query, self._analyzer))
        if not wanted:
            return None
        scores = np.zeros(self._size, np.float32)
        hashes = np.fromiter(wanted, np.uint64)
        spans = [segment.spans(hashes) for segment in self._segments]
        for number, times in enumerate(wanted.values()):
            found = [part[number] for part in spans]
            holders = sum(span.stop - span.start for span in found if span)
            weight = np.float32(times * np.log1p((self._size - holders + 0.5) / (holders + 0.5)) * (K1 + 1))
            for segment, span in enumerate(found):
                if span:
                    self._add(scores, segment, span, weight)
        return scores

    def _add(self, scores: Scores, segment: int, span: slice, weight: np.float32) -> None:
        own = self._segments[segment]
        passages, counts = own.passages[span], own.counts[span].astype(np.float32)
        part = scores[self._starts[segment] : self._starts[segment + 1]]
        # A term's postings name each passage once.
        part[passages] += weight * counts / (counts + self._damping[segment][passages])
