"""Everything of one creator that can be found, in memory: one matrix, one set of postings, passages on demand."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.bm25 import Bm25
from coaching.adapters.search.segments import Segment
from coaching.adapters.search.words import terms
from coaching.knowledge.filters import Filter
from coaching.knowledge.ports import Candidates, Query, Vectors
from coaching.vocabulary import Passage, ScoredPassage

Scores = NDArray[np.floating]
Mask = NDArray[np.bool_]
"""(n,), true where a passage satisfies every filter."""
Rows = NDArray[np.intp]
_MASKS_KEPT = 16
_NOTHING: Vectors = np.zeros((0, 0), np.float32)


class CreatorIndex:
    """Searches a fixed set of segments, whose rows are numbered on. Threads may share it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Join segments of one vector space."""
        self._texts = [segment.texts for segment in segments]
        self._starts = [0, *np.cumsum([len(texts.lines) for texts in self._texts]).tolist()]
        self._vectors: Vectors = np.concatenate([segment.vectors for segment in segments] or [_NOTHING])
        self._bm25 = Bm25.over([segment.counts for segment in segments])
        self._passages: dict[int, Passage] = {}
        self._masks: dict[str, Mask] = {}

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._vectors)

    def candidates(self, query: Query) -> Candidates:
        """Return the best of each leg. Cosines are exact; the lexical leg has only passages with a term in common."""
        if not len(self):
            return Candidates((), ())
        allowed = self._allowed(query.filters)
        dense: Scores = np.clip(self._vectors @ query.vector, -1, 1)
        lexical = self._bm25.scores(terms(query.text))
        matching = lexical > 0 if allowed is None else allowed & (lexical > 0)
        return Candidates(
            self._hits("dense", dense, best(dense, query.limit, allowed)),
            self._hits("lexical", lexical, best(lexical, query.limit, matching)),
        )

    def _hits(self, leg: str, scores: Scores, rows: Rows) -> tuple[ScoredPassage, ...]:
        return tuple(
            ScoredPassage(self._passage(row), score, {leg: score})
            for row, score in zip(rows.tolist(), scores[rows].tolist(), strict=True)
        )

    def _passage(self, row: int) -> Passage:
        if (built := self._passages.get(row)) is None:
            part = bisect_right(self._starts, row) - 1
            built = self._passages[row] = self._texts[part].passage(row - self._starts[part])
        return built

    def _allowed(self, filters: tuple[Filter, ...]) -> Mask | None:
        if not filters:
            return None
        # By their text: as values, filters for 1 and for true are equal.
        key = repr(filters)
        if (mask := self._masks.get(key)) is None:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            mask = self._masks[key] = self._mask(filters)
        return mask

    def _mask(self, filters: tuple[Filter, ...]) -> Mask:
        masks = []
        for texts in self._texts:
            holds = [all(each.holds(metadata) for each in filters) for metadata in texts.metadata]
            masks.append(np.array(holds, np.bool_)[texts.kinds])
        return np.concatenate(masks)


def best(scores: Scores, limit: int, allowed: Mask | None = None) -> Rows:
    """Return the rows of the `limit` highest scores among those allowed, best first, equal ones in row order."""
    rows: Rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if len(rows) > limit:
        rows = rows[np.argpartition(scores[rows], -limit)[-limit:]]
    return rows[np.lexsort((rows, -scores[rows]))]
