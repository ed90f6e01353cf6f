"""A segment: passages of one or more document versions in one file that is written once and never changed.

Rows with the same metadata stand together, so that a filter leaves a few long runs of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search import sections
from coaching.adapters.search.bm25 import TermCounts
from coaching.adapters.search.columns import Column, Rows
from coaching.adapters.search.quantised import Quantised
from coaching.adapters.search.texts import Texts
from coaching.adapters.search.words import Analyzer
from coaching.errors import CoachingError, SearchUnavailable
from coaching.knowledge.ports import EmbeddedPassage
from coaching.vocabulary import CreatorId

SCHEMA_VERSION = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """Row by row texts, vectors and terms, in memory or mapped. `analyzer` names what made the terms."""

    texts: Texts
    vectors: Quantised
    counts: TermCounts
    analyzer: str

    @classmethod
    def of(cls, items: Sequence[EmbeddedPassage], analyzer: Analyzer) -> "Segment":
        """Return at least one passage, all of one document version, as a segment."""
        texts = Texts.of([item.passage for item in items])
        arranged = [items[number] for number in texts.ordinals.tolist()]
        vectors = Quantised.of(np.stack([item.vector for item in arranged]))
        counts = TermCounts.of([item.passage.text for item in arranged], analyzer)
        return cls(texts, vectors, counts, analyzer.name)

    @classmethod
    def joined(cls, parts: Sequence["Segment"], analyzer: Analyzer) -> "Segment":
        """Return all rows of all parts as one segment."""
        texts = Texts.joined([part.texts for part in parts])
        order = np.argsort(texts.metadata.numbers, kind="stable")
        vectors = Quantised.joined([part.vectors for part in parts])
        counts = TermCounts.joined([part.counted_by(analyzer) for part in parts], order)
        return cls(texts.taken(order), vectors.taken(order), counts, analyzer.name)

    def __len__(self) -> int:
        return len(self.texts)

    def taken(self, rows: Rows) -> "Segment":
        """Return these rows, in this order."""
        return Segment(self.texts.taken(rows), self.vectors.taken(rows), self.counts.taken(rows), self.analyzer)

    def counted_by(self, analyzer: Analyzer) -> TermCounts:
        """Return the counts of the analyzer's terms; made anew, which takes long, where another's are stored."""
        if analyzer.name == self.analyzer:
            return self.counts
        return TermCounts.of(self.texts.texts(), analyzer)


def file_of(segment: Segment, creator_id: CreatorId) -> bytes:
    """Return the bytes of the segment's file."""
    texts, vectors, counts = segment.texts, segment.vectors, segment.counts
    columns = {"documents": texts.documents, "titles": texts.titles, "metadata": texts.metadata}
    facts = {
        "schema_version": SCHEMA_VERSION,
        "creator_id": creator_id,
        "analyzer": segment.analyzer,
        "slack": vectors.slack,
        **{name: column.values for name, column in columns.items()},
    }
    numbers = {
        **{name: column.numbers for name, column in columns.items()},
        "ordinals": texts.ordinals,
        "ends": texts.ends,
        "offsets": counts.offsets,
        "passages": counts.passages,
        "counts": counts.counts,
        "lengths": counts.lengths,
    }
    arrays: dict[str, NDArray[Any]] = {
        "coarse": vectors.coarse,
        "fine": vectors.fine,
        "scale": vectors.scale,
        "lines": texts.lines,
        "terms": counts.terms,
    }
    return sections.packed(facts, arrays | {name: sections.smallest(array) for name, array in numbers.items()})


def opened(path: Path, creator_id: CreatorId) -> Segment:
    """Open a segment's file. Raises: FileNotFoundError, SearchUnavailable, CoachingError(tenant_breach)."""
    facts, arrays = sections.opened(path)
    if facts["schema_version"] != SCHEMA_VERSION:
        raise SearchUnavailable("This creator's passages were stored by another release: ingest the documents again.")
    if facts["creator_id"] != creator_id:
        raise CoachingError(f"A segment of {creator_id} holds another creator's passages.", code="tenant_breach")
    documents, titles, metadata = (
        Column(tuple(facts[name]), arrays[name]) for name in ("documents", "titles", "metadata")
    )
    return Segment(
        Texts(documents, titles, metadata, arrays["ordinals"], arrays["ends"], arrays["lines"]),
        Quantised(arrays["coarse"], arrays["fine"], arrays["scale"], facts["slack"]),
        TermCounts(*(arrays[name] for name in ("terms", "offsets", "passages", "counts", "lengths"))),
        facts["analyzer"],
    )
