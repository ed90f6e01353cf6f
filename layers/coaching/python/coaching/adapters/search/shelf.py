"""One creator's folder: what may be found of it now, and the three ways to change that."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from coaching.adapters.search import manifest, segments
from coaching.adapters.search.index import CreatorIndex
from coaching.adapters.search.manifest import Entry, Manifest, Stamp
from coaching.errors import NotFound, SearchUnavailable, StaleWrite
from coaching.knowledge.ports import EmbeddedPassage
from coaching.vocabulary import CreatorId, DocumentId

Space = tuple[str, int]
"""The embedding model's name and its dimension: vectors of one space can be compared."""
_LOAD_ATTEMPTS = 10


class Shelf:
    """Keeps the index of the creator's published segments for as long as the manifest stays as it is."""

    def __init__(self, folder: Path, creator_id: CreatorId) -> None:
        self._folder = folder
        self._creator_id = creator_id
        self._loading = Lock()
        self._stamp: Stamp | None = None
        self._spaces: frozenset[Space] = frozenset()
        self._index = CreatorIndex(())

    def __len__(self) -> int:
        """Return the number of passages in memory."""
        return len(self._index)

    def index(self, space: Space) -> CreatorIndex:
        """Return the index of what is published now. Raises: SearchUnavailable where it is not all of that space."""
        with self._loading:
            if manifest.stamp(self._folder) != self._stamp:
                self._load()
            if other := self._spaces - {space}:
                raise SearchUnavailable(
                    f"Passages were embedded with {_names(other)}, the query with {_names({space})}: re-ingest them."
                )
            return self._index

    def count(self, document_id: DocumentId) -> int:
        """Return how many passages of the document are published."""
        published = manifest.read(self._folder, self._creator_id).published
        return sum(entry.passages for entry in published if entry.document_id == document_id)

    def stage(self, entry: Entry, passages: Sequence[EmbeddedPassage]) -> None:
        """Write a segment, instead of a staged one of the same version. One that is there already stays."""
        with manifest.lock(self._folder):
            entries = manifest.read(self._folder, self._creator_id).entries
            if entry.name in (known.name for known in entries):
                return
            self._sweep(entries)
            segments.write(self._folder / entry.name, passages)
            same = (entry.document_id, entry.version, False)
            kept = (known for known in entries if (known.document_id, known.version, known.published) != same)
            self._replace((*kept, entry))

    def publish(self, document_id: DocumentId, version: int) -> None:
        """Show this version and drop the others, save newer ones that are still staged.

        Raises: NotFound when the version is not staged, StaleWrite when a newer one is published.
        """
        with manifest.lock(self._folder):
            entries = manifest.read(self._folder, self._creator_id).entries
            chosen = _to_publish([entry for entry in entries if entry.document_id == document_id], version)
            kept = [entry for entry in entries if entry.document_id != document_id or _waits(entry, version)]
            self._replace((*kept, replace(chosen, published=True)))

    def remove(self, document_id: DocumentId) -> None:
        """Drop every version of the document."""
        with manifest.lock(self._folder):
            entries = manifest.read(self._folder, self._creator_id).entries
            kept = tuple(entry for entry in entries if entry.document_id != document_id)
            if kept != entries:
                self._replace(kept)

    def _replace(self, entries: tuple[Entry, ...]) -> None:
        manifest.write(self._folder, Manifest(self._creator_id, entries))
        self._sweep(entries)

    def _sweep(self, entries: tuple[Entry, ...]) -> None:
        """Delete the segments that no entry names: dropped ones, and what a writer that was killed left."""
        named = {entry.name for entry in entries}
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in named:
                shutil.rmtree(path)

    def _load(self) -> None:
        for _ in range(_LOAD_ATTEMPTS):
            stamp = manifest.stamp(self._folder)
            published = manifest.read(self._folder, self._creator_id).published
            spaces = frozenset((entry.embedding_model, entry.dimension) for entry in published)
            try:
                # Different spaces have no index in common; the caller is told so.
                found = [segments.read(self._folder / entry.name) for entry in published] if len(spaces) == 1 else []
            except FileNotFoundError:  # another process published meanwhile and deleted what it replaced
                continue
            self._stamp, self._spaces, self._index = stamp, spaces, CreatorIndex(found)
            return
        raise SearchUnavailable("This creator's passages change too fast to be read; try again.")


def _to_publish(entries: Sequence[Entry], version: int) -> Entry:
    if any(entry.published and entry.version > version for entry in entries):
        raise StaleWrite(f"A newer version than {version} is published.")
    same = sorted((entry for entry in entries if entry.version == version), key=lambda entry: entry.published)
    if not same:
        raise NotFound(f"Version {version} is not staged.")
    return same[0]


def _waits(entry: Entry, version: int) -> bool:
    return entry.version > version and not entry.published


def _names(spaces: frozenset[Space] | set[Space]) -> str:
    return ", ".join(sorted(f"{model} ({dimension})" for model, dimension in spaces))
