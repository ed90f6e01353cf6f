"""Passages in files, searched in this process: no server, no idle cost."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from coaching.adapters.search.disk import DiskStorage
from coaching.adapters.search.files import Storage
from coaching.adapters.search.hot_rows import HotRows
from coaching.adapters.search.shelf import Shelf
from coaching.adapters.search.staging import check
from coaching.adapters.search.words import Language, analyzer
from coaching.knowledge.ports import Candidates, EmbeddedPassage, PassageReader, PassageWriter, PublishedVersion, Query
from coaching.vocabulary import CreatorId, DocumentId


class StoredPassages(PassageReader, PassageWriter):
    """Keeps each creator's passages apart: immutable segments and one manifest that names them.

    Threads and processes may share the storage. Of two writers of one creator the slower repeats its change, and
    readers look for a new manifest at every query, so that what is published is found at once. Both legs are exact,
    for vectors of 12 bits a component (see `quantised.py`); 100,000 passages of one creator are searched with ease.

    Segments are mapped, so the system may take back the memory that they lie in. `creators_open` bounds for how many
    creators they are; the others' are opened again when asked for, which takes less than a millisecond.
    """

    def __init__(self, storage: Storage, *, language: Language = "english", creators_open: int = 32) -> None:
        self._storage = storage
        self._language: Language = language
        self._creators_open = creators_open
        self._shelves: OrderedDict[CreatorId, Shelf] = OrderedDict()
        self._hot_rows = HotRows()
        self._guard = Lock()

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        space = None if query.vector is None else (query.embedding_model, len(query.vector))
        return self._shelf(creator_id).index(space).candidates(query)

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        return self._shelf(creator_id).count(document_id)

    def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        return self._shelf(creator_id).published(document_id)

    def stage(
        self,
        creator_id: CreatorId,
        document_id: DocumentId,
        version: int,
        passages: Sequence[EmbeddedPassage],
        embedding_model: str,
    ) -> None:
        check(creator_id, document_id, version, passages)
        if passages:
            self._shelf(creator_id).stage(document_id, version, passages, embedding_model)

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        self._shelf(creator_id).publish(document_id, version)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        self._shelf(creator_id).remove(document_id)

    def _shelf(self, creator_id: CreatorId) -> Shelf:
        with self._guard:
            shelf = self._shelves.get(creator_id)
            if shelf is None:
                folder, words = _folder_name(creator_id), analyzer(self._language)
                shelf = Shelf(self._storage, folder, creator_id, words, self._hot_rows)
                self._shelves[creator_id] = shelf
            self._shelves.move_to_end(creator_id)
            if len(self._shelves) > self._creators_open:
                self._shelves.popitem(last=False)
            return shelf


class EmbeddedPassages(StoredPassages):
    """The store in a folder of this machine."""

    def __init__(self, folder: Path, *, language: Language = "english", creators_open: int = 32) -> None:
        super().__init__(DiskStorage(folder), language=language, creators_open=creators_open)


def _folder_name(creator_id: CreatorId) -> str:
    """Return a name of 40 hex digits: safe for any id, and apart where a file system ignores case."""
    return hashlib.sha256(creator_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]
