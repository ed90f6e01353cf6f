"""Everything of one creator that can be found: exact cosines, BM25, passages on demand."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.bm25 import Bm25
from coaching.adapters.search.columns import Rows
from coaching.adapters.search.hot_rows import Copied, HotRows
from coaching.adapters.search.quantised import Runs
from coaching.adapters.search.segments import Segment
from coaching.adapters.search.words import Analyzer
from coaching.knowledge.filters import Filter
from coaching.knowledge.ports import Candidates, Query, Vector, Vectors
from coaching.vocabulary import CreatorId, Passage, ScoredPassage

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
_SELECTIONS_KEPT = 16
_PASSAGES_KEPT = 1_024
_SORTED_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Live:
    """An open segment and which of its rows are published, None for all."""

    segment: Segment
    rows: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The rows that satisfy a set of filters, numbered through all segments: as a mask, in order, and per segment.

    `pieces` are the number of a segment with runs of its own rows; together they are `rows`. It equals itself alone.
    """

    mask: Mask
    rows: Rows
    pieces: tuple[tuple[int, Runs], ...]


class CreatorIndex:
    """Searches a fixed set of segments, whose rows are numbered on. Threads may share it."""

    def __init__(
        self, parts: Sequence[Live], creator_id: CreatorId, analyzer: Analyzer, hot_rows: HotRows, version: str = ""
    ) -> None:
        """Join segments whose terms are the analyzer's. `version` names what is published in them."""
        self._creator_id = creator_id
        self._parts = parts
        self._starts = [0, *np.cumsum([len(part.segment) for part in parts]).tolist()]
        self._bm25 = Bm25([part.segment.counts for part in parts], analyzer)
        self._hot_rows = hot_rows
        self._passages: dict[int, Passage] = {}
        self._selections: dict[str, Selection] = {}
        self._version = version

    def candidates(self, query: Query) -> Candidates:
        """Return the best of each leg, exactly, with both scores; the lexical leg needs a term in common."""
        if not self._parts:
            return Candidates((), (), self._version)
        selection = self._selection(query.filters)
        worth = self._bm25.scores(query.text)
        vector = None if query.vector is None else np.ascontiguousarray(query.vector, np.float32)
        return Candidates(
            () if vector is None else self._near(vector, query.limit, selection, worth),
            () if worth is None else self._worded(worth, query.limit, selection, vector),
            self._version,
        )

    def _near(
        self, vector: Vector, limit: int, selection: Selection, worth: Scores | None
    ) -> tuple[ScoredPassage, ...]:
        rows, cosines = self._nearest(vector, limit, selection)
        return self._hits("dense", rows, dense=cosines, **({} if worth is None else {"lexical": worth[rows]}))

    def _worded(
        self, worth: Scores, limit: int, selection: Selection, vector: "Vector | None"
    ) -> tuple[ScoredPassage, ...]:
        found = np.flatnonzero(worth)
        found = found[selection.mask[found]]
        rows = found[best(worth[found], limit)]
        return self._hits(
            "lexical", rows, lexical=worth[rows], **({} if vector is None else {"dense": self._cosines(vector, rows)})
        )

    def _nearest(self, query: Vector, limit: int, selection: Selection) -> tuple[Rows, Scores]:
        """Return the rows with the highest cosines, best first.

        A scan of their coarser selves says which rows can be among them, and only those are computed in full.
        """
        rows = selection.rows
        if len(rows) <= limit:
            near, cosines = rows, self._cosines(query, rows)
        elif copied := self._hot_rows.get(selection, len(rows), len(query), lambda: self._copied(rows)):
            near, cosines = _second_look(limit, *copied.packed.scan(query), lambda near: copied.products(near, query))
            near, cosines = rows[near], np.clip(cosines, -1, 1)
        else:
            scanned, off = self._scanned(query, selection)
            near, cosines = _second_look(limit, scanned, off, lambda near: self._cosines(query, rows[near]))
            near = rows[near]
        order = best(cosines, limit)
        return near[order], cosines[order]

    def _scanned(self, query: Vector, selection: Selection) -> tuple[Scores, float]:
        """Return the selected rows' cosines as their coarse parts have them, and how much they are off at most."""
        scanned = np.empty(len(selection.rows), np.float32)
        start = 0
        for part, runs in selection.pieces:
            start += self._parts[part].segment.vectors.scan(query, runs, scanned[start:])
        slack = max(part.segment.vectors.slack for part in self._parts)
        return scanned, slack * float(np.linalg.norm(query))

    def _copied(self, rows: Rows) -> Copied:
        parts = [(part.segment.vectors, own) for part, own in self._by_part(rows)]
        numbers = np.concatenate([vectors.numbers(own) for vectors, own in parts])
        return Copied.of(numbers, np.concatenate([vectors.scale[own] for vectors, own in parts]))

    def _cosines(self, query: Vector, rows: Rows) -> Scores:
        """Return the cosines of rows in any order."""
        if not len(rows):
            return np.zeros(0, np.float32)
        order = np.argsort(rows)
        cosines = np.empty(len(rows), np.float32)
        cosines[order] = self._vectors(rows[order]) @ query
        return np.clip(cosines, -1, 1)

    def _vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of rows, which are in order."""
        return np.concatenate([part.segment.vectors.vectors(own) for part, own in self._by_part(rows)])

    def _by_part(self, rows: Rows) -> Iterator[tuple[Live, Rows]]:
        """Yield the parts that rows in order are in, with their own numbers of these rows."""
        bounds = np.searchsorted(rows, self._starts).tolist()
        for part, first, start, end in zip(self._parts, self._starts, bounds, bounds[1:], strict=False):
            if start < end:
                yield part, rows[start:end] - first

    def _hits(self, leg: str, rows: Rows, **legs: Scores) -> tuple[ScoredPassage, ...]:
        each = zip(*(scores.tolist() for scores in legs.values()), strict=True)
        scored = (dict(zip(legs, scores, strict=True)) for scores in each)
        return tuple(
            ScoredPassage(passage, scores[leg], scores)
            for passage, scores in zip(self._built(rows), scored, strict=True)
        )

    def _built(self, rows: Rows) -> list[Passage]:
        """Return the passages of rows; those asked for before are still there."""
        if len(self._passages) > _PASSAGES_KEPT:
            self._passages = {}
        known, numbers = self._passages, rows.tolist()
        for row in numbers:
            if row not in known:
                part = bisect_right(self._starts, row) - 1
                texts = self._parts[part].segment.texts
                known[row] = texts.passage(self._creator_id, row - self._starts[part])
        return [known[row] for row in numbers]

    def _selection(self, filters: tuple[Filter, ...]) -> Selection:
        # By their text: as values, filters for 1 and for true are equal.
        key = repr(filters)
        if (selection := self._selections.get(key)) is None:
            if len(self._selections) >= _SELECTIONS_KEPT:
                self._selections.clear()
            selection = self._selections[key] = _selected([_mask(part, filters) for part in self._parts])
        return selection


def best(scores: Scores, limit: int) -> Rows:
    """Return where the `limit` highest scores stand, best first, equal ones in order."""
    if len(scores) <= max(limit, _SORTED_AT_ONCE):
        return np.argsort(-scores, kind="stable")[:limit]
    rows = _highest(scores, limit)
    return rows[np.argsort(-scores[rows], kind="stable")][:limit]


def _highest(scores: Scores, limit: int) -> Rows:
    """Return where the `limit` highest of more scores stand, in order, with all that are equal to the last of them."""
    return np.flatnonzero(scores >= np.partition(scores, -limit)[-limit])


def _second_look(limit: int, scanned: Scores, off: float, exact: Callable[[Rows], Scores]) -> tuple[Rows, Scores]:
    """Return all rows that can have one of the `limit` highest exact scores, in order, and these scores.

    `scanned` has more scores than that, each off by `off` at most. As many rows as are wanted score exactly `least` or
    more, so none below it is among the highest.
    """
    least = exact(_highest(scanned, limit)).min()
    near = np.flatnonzero(scanned >= least - off)
    return near, exact(near)


def _mask(part: Live, filters: tuple[Filter, ...]) -> Mask:
    texts = part.segment.texts
    if not filters:
        return np.ones(len(texts), np.bool_) if part.rows is None else part.rows
    holds = [all(each.holds(metadata) for each in filters) for metadata in texts.distinct_metadata()]
    mask = texts.metadata.rows_with(holds)
    return mask if part.rows is None else mask & part.rows


def _selected(masks: Sequence[Mask]) -> Selection:
    mask = np.concatenate(masks)
    pieces = tuple((number, _runs(own)) for number, own in enumerate(masks) if own.any())
    return Selection(mask, np.flatnonzero(mask), pieces)


def _runs(mask: Mask) -> Runs:
    """Return where runs of true begin and end."""
    if mask.all():
        return np.array([[0, len(mask)]], np.intp)
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    runs: Runs = edges.reshape(-1, 2)
    return runs
