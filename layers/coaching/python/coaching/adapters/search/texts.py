"""The passages of a segment, which stay bytes until somebody asks for one.

A line is a short list as JSON, then the text as it is: nobody has to look for the end of a text, or for what is escaped
in it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.columns import Column, Ints, Rows
from coaching.adapters.search.places import read_later_places, read_place, written_later_places, written_place
from coaching.vocabulary import CreatorId, DocumentId, Metadata, Passage, PassageId, Place

_NOWHERE = Place()


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
            *_joined(list(map(self._bytes, rows.tolist()))),
        )

    def passages(self, creator_id: CreatorId, rows: Rows) -> list[Passage]:
        """Return the passages in these rows."""
        return [self.passage(creator_id, row) for row in rows.tolist()]

    def passage(self, creator_id: CreatorId, row: int) -> Passage:
        line = self._line(row)
        (passage_id, start, end, *places), begins = _read(line)
        document_id, version = _parsed(self.documents.value(row))
        return Passage(
            PassageId(passage_id),
            creator_id,
            document_id,
            version,
            self.titles.value(row),
            line[begins:],
            read_place(places[0]) if places else _NOWHERE,
            start,
            end,
            dict(_parsed(self.metadata.value(row))),
            read_later_places(places[1]) if places else (),
        )

    def texts(self) -> list[str]:
        """Return every row's text."""
        return [line[_read(line)[1] :] for line in map(self._line, range(len(self)))]

    def distinct_metadata(self) -> list[Metadata]:
        """Return the values of `metadata`."""
        return [json.loads(value) for value in self.metadata.values]

    def rows_of(self, document: str) -> Rows:
        """Return the document's rows in its own order."""
        rows = np.flatnonzero(self.documents.numbers == self.documents.values.index(document))
        return rows[np.argsort(self.ordinals[rows], kind="stable")]

    def _line(self, row: int) -> str:
        return str(self._bytes(row), "utf-8", "surrogatepass")

    def _bytes(self, row: int) -> memoryview:
        return self.lines.data[self.ends.item(row - 1) if row else 0 : self.ends.item(row)]


def document_key(document_id: DocumentId, version: int) -> str:
    return _json([document_id, version])


def _line(passage: Passage) -> bytes:
    places: list[Any] = []
    if passage.place != _NOWHERE or passage.later_places:
        places = [written_place(passage.place), written_later_places(passage)]
    head = _json([passage.passage_id, passage.start, passage.end, *places])
    return (head + passage.text).encode("utf-8", "surrogatepass")


def _joined(lines: Sequence[bytes | memoryview]) -> tuple[Ints, NDArray[np.uint8]]:
    return np.cumsum([len(line) for line in lines]), np.frombuffer(b"".join(lines), np.uint8)


@lru_cache(maxsize=4_096)
def _parsed(value: str) -> Any:  # noqa: ANN401 - a list or a dictionary
    return json.loads(value)


_read = json.JSONDecoder().raw_decode
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
