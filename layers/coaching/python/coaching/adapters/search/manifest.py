"""The list of one creator's segments on disk: which exist, and which of them can be found."""

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from coaching.errors import CoachingError, SearchUnavailable
from coaching.vocabulary import CreatorId, DocumentId

SCHEMA_VERSION = 1
LOCK_DEADLINE_SECONDS = 30.0
_NAME = "manifest.json"
Stamp = tuple[int, int, int]
"""Differs whenever the manifest was replaced."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment: one staging of one document version. `name` is its folder; `passages` is how many it has."""

    name: str
    document_id: DocumentId
    version: int
    passages: int
    embedding_model: str
    dimension: int
    published: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """All segments of a creator, oldest publication first."""

    creator_id: CreatorId
    entries: tuple[Entry, ...] = ()

    @property
    def published(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.published)


def stamp(folder: Path) -> Stamp | None:
    """Return what tells this state of the manifest from every other; None before the first write."""
    try:
        seen = (folder / _NAME).stat()
    except FileNotFoundError:
        return None
    return seen.st_mtime_ns, seen.st_ino, seen.st_size


def read(folder: Path, creator_id: CreatorId) -> Manifest:
    """Return the creator's manifest, empty before the first write.

    Raises: CoachingError(tenant_breach); SearchUnavailable for one that is damaged.
    """
    try:
        data = json.loads((folder / _NAME).read_bytes())
    except FileNotFoundError:
        return Manifest(creator_id)
    except ValueError:
        raise SearchUnavailable("This creator's passages are damaged: delete their folder and ingest again.") from None
    if data["creator_id"] != creator_id:
        raise CoachingError(f"The folder of {creator_id} holds another creator's passages.", code="tenant_breach")
    return Manifest(creator_id, tuple(Entry(**entry) for entry in data["entries"]))


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest at once: readers see the old one or the new one, whole, also when this process is killed."""
    data = {"schema_version": SCHEMA_VERSION, **asdict(manifest)}
    new = folder / f"{_NAME}.new"
    new.write_text(json.dumps(data), encoding="utf-8")
    new.replace(folder / _NAME)


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Keep every other writer of this creator out, in this process and in others. Raises: SearchUnavailable."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        end = time.monotonic() + LOCK_DEADLINE_SECONDS
        while not _locked(file.fileno()):
            if time.monotonic() > end:
                raise SearchUnavailable("Another writer has held this creator's passages for too long; try again.")
            time.sleep(0.005)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
