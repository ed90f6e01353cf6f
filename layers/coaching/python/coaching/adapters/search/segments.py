"""One staged document version on disk: a folder that is written once and never changed.

`vectors.npy`    float32 (n, dimension), rows of length 1
`postings.npy`   int32, how often each term stands in each passage, as laid out by `_packed`
`passages.jsonl` first a header (creator, document, version, the distinct metadata, the terms), then a line per passage
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coaching.adapters.search.bm25 import Ints, TermCounts
from coaching.adapters.search.places import read_later_places, read_place, written_later_places, written_place
from coaching.adapters.search.words import terms
from coaching.knowledge.ports import EmbeddedPassage, Vectors
from coaching.vocabulary import CreatorId, DocumentId, Metadata, Passage, PassageId

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Texts:
    """A segment's passages, which stay lines of JSON until somebody asks for one.

    `metadata` has each distinct metadata once, `kinds` the index into it per passage.
    """

    creator_id: CreatorId
    document_id: DocumentId
    version: int
    lines: list[bytes]
    metadata: tuple[Metadata, ...]
    kinds: Ints

    def passage(self, number: int) -> Passage:
        """Return the passage in row `number`."""
        row = json.loads(self.lines[number])
        return Passage(
            passage_id=PassageId(row["passage_id"]),
            creator_id=self.creator_id,
            document_id=self.document_id,
            version=self.version,
            title=row["title"],
            text=row["text"],
            place=read_place(row["place"]),
            start=row["start"],
            end=row["end"],
            metadata=dict(self.metadata[self.kinds[number]]),
            later_places=read_later_places(row["later_places"]),
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as read."""

    texts: Texts
    vectors: Vectors
    counts: TermCounts


def write(folder: Path, items: Sequence[EmbeddedPassage]) -> None:
    """Write at least one passage, all of one document version, into a new folder."""
    counts = TermCounts.of([terms(item.passage.text) for item in items])
    distinct: dict[str, int] = {}
    kinds = [distinct.setdefault(_json(dict(item.passage.metadata)), len(distinct)) for item in items]
    first = items[0].passage
    header = {
        "schema_version": SCHEMA_VERSION,
        "creator_id": first.creator_id,
        "document_id": first.document_id,
        "version": first.version,
        "metadata": [json.loads(text) for text in distinct],
        "kinds": kinds,
        "terms": counts.terms,
    }
    folder.mkdir()
    np.save(folder / "vectors.npy", np.stack([item.vector for item in items]).astype(np.float32))
    np.save(folder / "postings.npy", _packed(counts))
    lines = [_json(header), *(_json(_row(item.passage)) for item in items)]
    (folder / "passages.jsonl").write_text("\n".join(lines), encoding="utf-8")


def read(folder: Path) -> Segment:
    """Read a segment. Raises: FileNotFoundError when it was removed meanwhile."""
    first, *lines = (folder / "passages.jsonl").read_bytes().split(b"\n")
    header = json.loads(first)
    texts = Texts(
        creator_id=header["creator_id"],
        document_id=header["document_id"],
        version=header["version"],
        lines=lines,
        metadata=tuple(header["metadata"]),
        kinds=np.array(header["kinds"], np.int32),
    )
    counts = _unpacked(tuple(header["terms"]), np.load(folder / "postings.npy"))
    return Segment(texts, np.load(folder / "vectors.npy"), counts)


def _row(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id,
        "title": passage.title,
        "text": passage.text,
        "place": written_place(passage.place),
        "later_places": written_later_places(passage),
        "start": passage.start,
        "end": passage.end,
    }


def _packed(counts: TermCounts) -> Ints:
    sizes = np.array([len(counts.offsets), len(counts.passages)], np.int32)
    return np.concatenate([sizes, counts.offsets, counts.passages, counts.counts, counts.lengths])


def _unpacked(names: tuple[str, ...], packed: Ints) -> TermCounts:
    offsets, postings = int(packed[0]), int(packed[1])
    ends = np.cumsum([offsets, postings, postings])
    return TermCounts(names, *np.split(packed[2:], ends))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
