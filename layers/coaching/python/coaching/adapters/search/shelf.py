"""One creator's passages: what may be found of them now, and the ways to change that."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from coaching.adapters.search import manifest as manifests
from coaching.adapters.search.files import UNKNOWN, Storage
from coaching.adapters.search.hot_rows import HotRows
from coaching.adapters.search.index import CreatorIndex, Live, Mask
from coaching.adapters.search.ledger import Ledger
from coaching.adapters.search.manifest import Entry, Manifest, Space
from coaching.adapters.search.merging import next_merge
from coaching.adapters.search.segments import Segment, file_of, opened
from coaching.adapters.search.texts import document_key
from coaching.adapters.search.words import Analyzer
from coaching.errors import NotFound, SearchUnavailable
from coaching.knowledge.ports import OTHER_SPACE, EmbeddedPassage, PublishedVersion
from coaching.vocabulary import CreatorId, DocumentId, new_ulid

T = TypeVar("T")
_READ_ATTEMPTS = 10
_MERGES = 8
"""After one change, at most: what could be merged beyond that is merged after the next."""


class Shelf:
    """Keeps the index of the creator's published segments for as long as the manifest stays as it is."""

    def __init__(
        self, storage: Storage, folder: str, creator_id: CreatorId, analyzer: Analyzer, hot_rows: HotRows
    ) -> None:
        self._storage, self._folder, self._creator_id, self._analyzer = storage, folder, creator_id, analyzer
        self._hot_rows = hot_rows
        self._ledger = Ledger(storage, folder, creator_id)
        self._loading = Lock()
        self._tag = UNKNOWN
        self._open: dict[str, Segment] = {}
        self._spaces: frozenset[Space] = frozenset()
        self._index: CreatorIndex  # from the first load on

    def index(self, space: Space | None) -> CreatorIndex:
        """Return the index of what is published now.

        Raises: SearchUnavailable where it is not all of that space; without a space no vectors are compared.
        """
        with self._loading:
            self._load()
            if space and (other := self._spaces - {space}):
                raise SearchUnavailable(
                    f"Passages were embedded with {_names(other)}, the query with {_names({space})}: re-ingest them.",
                    code=OTHER_SPACE,
                )
            return self._index

    def count(self, document_id: DocumentId) -> int:
        """Return how many passages of the document are published."""
        entry = self._ledger.read().published_version(document_id)
        return entry.passages if entry else 0

    def published(self, document_id: DocumentId) -> PublishedVersion:
        """Return the document's published passages. Raises: NotFound."""

        def found(manifest: Manifest) -> PublishedVersion:
            entry = manifest.published_version(document_id)
            if entry is None:
                raise NotFound("Nothing of this document is published.")
            (segment,) = self._opened([entry.file])
            rows = segment.texts.rows_of(document_key(document_id, entry.version))
            vectors = segment.vectors.vectors(rows)
            embedded = tuple(map(EmbeddedPassage, segment.texts.passages(self._creator_id, rows), vectors))
            return PublishedVersion(entry.version, entry.embedding_model, embedded)

        return self._reading(lambda: found(self._ledger.read()))

    def stage(
        self, document_id: DocumentId, version: int, passages: Sequence[EmbeddedPassage], embedding_model: str
    ) -> None:
        """Write a segment, instead of what was staged of the version before. The same again is written once."""
        data = file_of(Segment.of(passages, self._analyzer), self._creator_id)
        digest = hashlib.sha256(embedding_model.encode() + data).hexdigest()[:32]
        dimension = len(passages[0].vector)
        entry = Entry(document_id, version, digest, new_file(), len(passages), embedding_model, dimension)
        added = False

        def step(manifest: Manifest) -> Manifest:
            nonlocal added
            if not added and not manifest.holds(digest):
                self._storage.add(self._folder, entry.file, data)
                added = True
            return manifest.stage(entry)

        after = self._ledger.change(step)
        if added and entry.file not in after.files:
            self._ledger.discard(entry.file, after)

    def publish(self, document_id: DocumentId, version: int) -> None:
        """Show this version instead of the others, save newer ones that are still staged.

        Raises: NotFound when the version is not staged, StaleWrite when a newer one is published.
        """
        self._ledger.change(lambda manifest: manifest.publish(document_id, version))
        self._merge()

    def remove(self, document_id: DocumentId) -> None:
        """Drop every version of the document. Raises: SearchUnavailable while a file still holds some of it."""
        held: set[str] = set()

        def step(manifest: Manifest) -> Manifest:
            held.update(entry.file for entry in manifest.entries if entry.document_id == document_id)
            return manifest.remove(document_id)

        self._ledger.change(step)
        self._merge()
        if held & self._ledger.read().files.keys():
            raise SearchUnavailable("The removed passages wait to be deleted; try again.")

    def _merge(self) -> None:
        """Write anew what holds passages that no longer exist, and make one file of many."""
        for _ in range(_MERGES):
            manifest = self._ledger.read()
            files = next_merge(manifest)
            if not files:
                return
            try:
                segments = self._opened(files)
            except FileNotFoundError:  # another writer was faster
                continue
            entries = manifest.entries_in(files)
            merged = Segment.joined(
                [_without_others(segment, entries, file) for file, segment in zip(files, segments, strict=True)],
                self._analyzer,
            )
            self._replace(files, entries, merged)

    def _replace(self, files: Collection[str], entries: tuple[Entry, ...], merged: Segment) -> None:
        """Let the merged segment stand for the files, where they still hold what was merged."""
        name = new_file()
        self._storage.add(self._folder, name, file_of(merged, self._creator_id))

        def step(now: Manifest) -> Manifest:
            return now.move(files, name) if now.entries_in(files) == entries else now

        after = self._ledger.change(step)
        if name not in after.files:
            self._ledger.discard(name, after)

    def _load(self) -> None:
        """Open what the manifest names, if it changed since the last time."""

        def loaded() -> None:
            stored = self._storage.read_changed(self._folder, self._tag)
            if stored is None:
                return
            manifest = manifests.read(stored.data, self._creator_id)
            files = list({entry.file: None for entry in manifest.published})
            parts = [
                Live(segment, _published_rows(segment, manifest, file))
                for file, segment in zip(files, self._opened(files), strict=True)
            ]
            self._index = CreatorIndex(parts, self._creator_id, self._analyzer, self._hot_rows, manifest.version)
            self._open = dict(zip(files, (part.segment for part in parts), strict=True))
            self._spaces = frozenset(entry.space for entry in manifest.published)
            self._tag = stored.tag

        self._reading(loaded)

    def _opened(self, files: Sequence[str]) -> list[Segment]:
        """Return the files' segments, with the terms of our analyzer. Raises: FileNotFoundError."""
        missing = [file for file in files if file not in self._open]
        paths = dict(zip(missing, self._storage.paths(self._folder, missing), strict=True))
        return [self._open[file] if file in self._open else self._opened_at(paths[file]) for file in files]

    def _opened_at(self, path: Path) -> Segment:
        segment = opened(path, self._creator_id)
        return replace(segment, counts=segment.counted_by(self._analyzer), analyzer=self._analyzer.name)

    def _reading(self, read: Callable[[], T]) -> T:
        """Read again where another writer deleted a file after the manifest was read that names it."""
        for _ in range(_READ_ATTEMPTS):
            try:
                return read()
            except FileNotFoundError:
                continue
        raise SearchUnavailable("This creator's passages change too fast to be read; try again.")


def new_file() -> str:
    """Return a name for a segment's file that no other has."""
    return f"{new_ulid()}.segment"


def _published_rows(segment: Segment, manifest: Manifest, file: str) -> Mask | None:
    if manifest.rows[file] == sum(entry.passages for entry in manifest.published if entry.file == file):
        return None
    return _rows_with(segment, [entry for entry in manifest.published if entry.file == file])


def _without_others(segment: Segment, entries: Collection[Entry], file: str) -> Segment:
    """Return the segment without rows of documents that are none of the entries in its file."""
    rows = np.flatnonzero(_rows_with(segment, [entry for entry in entries if entry.file == file]))
    return segment if len(rows) == len(segment) else segment.taken(rows)


def _rows_with(segment: Segment, entries: Collection[Entry]) -> Mask:
    wanted = {document_key(entry.document_id, entry.version) for entry in entries}
    documents = segment.texts.documents
    return documents.rows_with([value in wanted for value in documents.values])


def _names(spaces: Collection[Space]) -> str:
    return ", ".join(sorted(f"{model} ({dimension})" for model, dimension in spaces))
