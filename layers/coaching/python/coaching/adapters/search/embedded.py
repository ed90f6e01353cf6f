"""Passages kept in files on this machine: exact search in NumPy, no server, no idle cost."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from coaching.adapters.search.manifest import Entry
from coaching.adapters.search.shelf import Shelf
from coaching.adapters.search.staging import digest
from coaching.errors import SearchUnavailable
from coaching.knowledge.ports import Candidates, EmbeddedPassage, PassageReader, PassageWriter, Query
from coaching.vocabulary import CreatorId, DocumentId


class EmbeddedPassages(PassageReader, PassageWriter):
    """Keeps each creator's passages in a folder of their own: immutable segments and one manifest that names them.

    Threads and processes may share the folder: writers of one creator take turns, and readers look at the manifest's
    stamp for every query, so that what is published is found at once. `passages_in_memory` bounds what is held for
    all creators together (at 384 dimensions about 4 kB each); those asked for longest ago are dropped first.
    """

    def __init__(self, folder: Path, *, passages_in_memory: int = 200_000) -> None:
        self._folder = folder
        self._passages_in_memory = passages_in_memory
        self._shelves: OrderedDict[CreatorId, Shelf] = OrderedDict()
        self._guard = Lock()

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        with _translated_errors():
            shelf = self._shelf(creator_id)
            held = len(shelf)
            index = shelf.index((query.embedding_model, len(query.vector)))
            if len(shelf) != held:
                self._make_room()
        return index.candidates(query)

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        with _translated_errors():
            return self._shelf(creator_id).count(document_id)

    def stage(
        self,
        creator_id: CreatorId,
        document_id: DocumentId,
        version: int,
        passages: Sequence[EmbeddedPassage],
        embedding_model: str,
    ) -> None:
        name = digest(creator_id, document_id, version, passages, embedding_model)
        if not passages:
            return
        entry = Entry(name, document_id, version, len(passages), embedding_model, len(passages[0].vector))
        with _translated_errors():
            self._shelf(creator_id).stage(entry, passages)

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        with _translated_errors():
            self._shelf(creator_id).publish(document_id, version)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        with _translated_errors():
            self._shelf(creator_id).remove(document_id)

    def _shelf(self, creator_id: CreatorId) -> Shelf:
        with self._guard:
            shelf = self._shelves.get(creator_id)
            if shelf is None:
                shelf = self._shelves[creator_id] = Shelf(self._folder / _folder_name(creator_id), creator_id)
            self._shelves.move_to_end(creator_id)
            return shelf

    def _make_room(self) -> None:
        with self._guard:
            held = sum(map(len, self._shelves.values()))
            while held > self._passages_in_memory and len(self._shelves) > 1:
                held -= len(self._shelves.popitem(last=False)[1])


def _folder_name(creator_id: CreatorId) -> str:
    """Return a name of 40 hex digits: safe for any id, and apart where a file system ignores case."""
    return hashlib.sha256(creator_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SearchUnavailable("The folder of passages cannot be read or written.") from error
