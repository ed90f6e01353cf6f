"""The passages of a segment, which stay lines of JSON until somebody asks for one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.columns import Column, Ints, Rows
from coaching.adapters.search.places import read_later_places, read_place, written_later_places, written_place
from coaching.vocabulary import CreatorId, DocumentId, Metadata, Passage, PassageId


@dataclass(frozen=True, slots=True)
class Texts:
    """Row n is `lines[ends[n - 1]:ends[n]]`; `ordinals` has each passage's number within its document.

    Documents are written as `document_key` does it, metadata as JSON.
    """

    documents: Column
    titles: Column
    metadata: Column
    ordinals: Ints
    ends: Ints
    lines: NDArray[np.uint8]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Texts":
        """Return all passages of a document version, rows of the same metadata together."""
        metadata = Column.of([_json(dict(passage.metadata)) for passage in passages])
        order = np.argsort(metadata.numbers, kind="stable")
        arranged = [passages[number] for number in order.tolist()]
        first = passages[0]
        return cls(
            Column((document_key(first.document_id, first.version),), np.zeros(len(order), np.uint8)),
            Column.of([passage.title for passage in arranged]),
            metadata.taken(order),
            order,
            *_joined([_line(passage) for passage in arranged]),
        )

    @classmethod
    def joined(cls, parts: Sequence["Texts"]) -> "Texts":
        sizes = np.cumsum([0, *(len(part.lines) for part in parts)])
        return cls(
            Column.joined([part.documents for part in parts]),
            Column.joined([part.titles for part in parts]),
            Column.joined([part.metadata for part in parts]),
            np.concatenate([part.ordinals for part in parts]),
            np.concatenate([part.ends + start for part, start in zip(parts, sizes, strict=False)]),
            np.concatenate([part.lines for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.ends)

    def taken(self, rows: Rows) -> "Texts":
        """Return these rows, in this order."""
        if np.array_equal(rows, np.arange(len(self))):
            return self
        return Texts(
            self.documents.taken(rows),
            self.titles.taken(rows),
            self.metadata.taken(rows),
            self.ordinals[rows],
            *_joined(self._bytes(rows)),
        )

    def passages(self, creator_id: CreatorId, rows: Rows) -> list[Passage]:
        """Return the passages in these rows."""
        columns = (
            self._lines(rows),
            self.documents.numbers[rows].tolist(),
            self.titles.numbers[rows].tolist(),
            self.metadata.numbers[rows].tolist(),
        )
        found = []
        for line, document, title, kind in zip(*columns, strict=True):
            passage_id, text, start, end, place, later_places = _read(line)[0]
            document_id, version = _parsed(self.documents.values[document])
            found.append(
                Passage(
                    passage_id=PassageId(passage_id),
                    creator_id=creator_id,
                    document_id=document_id,
                    version=version,
                    title=self.titles.values[title],
                    text=text,
                    place=read_place(place),
                    start=start,
                    end=end,
                    metadata=dict(_parsed(self.metadata.values[kind])),
                    later_places=read_later_places(later_places),
                )
            )
        return found

    def texts(self) -> list[str]:
        """Return every row's text."""
        return [_read(line)[0][1] for line in self._lines(np.arange(len(self)))]

    def distinct_metadata(self) -> list[Metadata]:
        """Return the values of `metadata`."""
        return [json.loads(value) for value in self.metadata.values]

    def rows_of(self, document: str) -> Rows:
        """Return the document's rows in its own order."""
        rows = np.flatnonzero(self.documents.numbers == self.documents.values.index(document))
        return rows[np.argsort(self.ordinals[rows], kind="stable")]

    def _lines(self, rows: Rows) -> list[str]:
        return [line.decode("utf-8", "surrogatepass") for line in self._bytes(rows)]

    def _bytes(self, rows: Rows) -> list[bytes]:
        ends = self.ends[rows].tolist()
        starts = np.where(rows > 0, self.ends[rows - 1], 0).tolist()
        return [self.lines[start:end].tobytes() for start, end in zip(starts, ends, strict=True)]


def document_key(document_id: DocumentId, version: int) -> str:
    return _json([document_id, version])


def _line(passage: Passage) -> bytes:
    place, later_places = written_place(passage.place), written_later_places(passage)
    facts = [passage.passage_id, passage.text, passage.start, passage.end, place, later_places]
    return _json(facts).encode("utf-8", "surrogatepass")


def _joined(lines: Sequence[bytes]) -> tuple[Ints, NDArray[np.uint8]]:
    return np.cumsum([len(line) for line in lines]), np.frombuffer(b"".join(lines), np.uint8)


@lru_cache(maxsize=4_096)
def _parsed(value: str) -> Any:  # noqa: ANN401 - a list or a dictionary
    return json.loads(value)


_read = json.JSONDecoder().raw_decode
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
