"""The list of one creator's document versions: which exist, in which file each lies, and which can be found.

Every change is a function from a manifest to the next one; whoever keeps manifests decides which of two changes made
at the same time comes first.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from coaching.errors import CoachingError, NotFound, SearchUnavailable, StaleWrite
from coaching.vocabulary import CreatorId, DocumentId

SCHEMA_VERSION = 2
Space = tuple[str, int]
"""The embedding model's name and its dimension: vectors of one space can be compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One staging of one document version: `passages` rows of the segment in `file`. `digest` names its content."""

    document_id: DocumentId
    version: int
    digest: str
    file: str
    passages: int
    embedding_model: str
    dimension: int
    published: bool = False

    @property
    def space(self) -> Space:
        return self.embedding_model, self.dimension


@dataclass(frozen=True, slots=True)
class Manifest:
    """All stagings of a creator, oldest publication first.

    `rows` has each file's rows, those that belong to no entry included. `doomed` are the files that the last change
    dropped: should their deletion have failed, the next writer deletes them.
    """

    creator_id: CreatorId
    entries: tuple[Entry, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    doomed: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, int]:
        """Every file that is in use, with its rows."""
        used = {entry.file for entry in self.entries}
        return {file: rows for file, rows in self.rows.items() if file in used}

    @property
    def published(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.published)

    @property
    def version(self) -> str:
        """Names what is published: the same content in another file, or beside what is only staged, is the same."""
        shown = [(entry.document_id, entry.version, entry.digest, entry.space) for entry in self.published]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]

    def published_version(self, document_id: DocumentId) -> Entry | None:
        return next((entry for entry in self.published if entry.document_id == document_id), None)

    def holds(self, digest: str) -> bool:
        return any(entry.digest == digest for entry in self.entries)

    def stage(self, entry: Entry) -> "Manifest":
        """Add an entry that has a file of its own, instead of one staged before for its version.

        Where the same content is staged or published already, its own entry is what `publish` will find.
        """
        version = [known for known in self.entries if _version(known) == _version(entry)]
        same = [known for known in version if known.digest == entry.digest]
        dropped = [known for known in version if not known.published and known not in same]
        kept = tuple(known for known in self.entries if known not in dropped)
        if same:
            return replace(self, entries=kept)
        return replace(self, entries=(*kept, entry), rows={**self.files, entry.file: entry.passages})

    def publish(self, document_id: DocumentId, version: int) -> "Manifest":
        """Show this version and drop the others, save newer ones that are still staged.

        Raises: NotFound when the version is not staged, StaleWrite when a newer one is published.
        """
        own = [entry for entry in self.entries if entry.document_id == document_id]
        if any(entry.published and entry.version > version for entry in own):
            raise StaleWrite(f"A newer version than {version} is published.")
        same = sorted((entry for entry in own if entry.version == version), key=lambda entry: entry.published)
        if not same:
            raise NotFound(f"Version {version} is not staged.")
        waiting = [entry for entry in own if entry.version > version]
        kept = [entry for entry in self.entries if entry not in own or entry in waiting]
        return replace(self, entries=(*kept, replace(same[0], published=True)))

    def remove(self, document_id: DocumentId) -> "Manifest":
        """Drop every version of the document."""
        return replace(self, entries=tuple(entry for entry in self.entries if entry.document_id != document_id))

    def move(self, files: Collection[str], into: str) -> "Manifest":
        """Let everything in these files lie in another, which holds just that."""
        moved = tuple(replace(entry, file=into) if entry.file in files else entry for entry in self.entries)
        count = sum(entry.passages for entry in moved if entry.file == into)
        return replace(self, entries=moved, rows={**self.files, into: count})

    def entries_in(self, files: Collection[str]) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.file in files)

    def wanted(self) -> Counter[str]:
        """Return how many rows of each file belong to an entry."""
        counted: Counter[str] = Counter()
        for entry in self.entries:
            counted[entry.file] += entry.passages
        return counted


_FIELDS = attrgetter(*(each.name for each in fields(Entry)))


def written(manifest: Manifest) -> bytes:
    data = {
        "schema_version": SCHEMA_VERSION,
        "creator_id": manifest.creator_id,
        "entries": [_FIELDS(entry) for entry in manifest.entries],
        "rows": manifest.files,
        "doomed": manifest.doomed,
    }
    return json.dumps(data, separators=(",", ":")).encode()


def read(data: bytes | None, creator_id: CreatorId) -> Manifest:
    """Return the creator's manifest, empty before the first was written.

    Raises: CoachingError(tenant_breach); SearchUnavailable for one that is damaged or of another release.
    """
    if data is None:
        return Manifest(creator_id)
    try:
        found = json.loads(data)
        if found["schema_version"] != SCHEMA_VERSION:
            raise SearchUnavailable(
                "This creator's passages were stored by another release: ingest the documents again."
            )
        if found["creator_id"] != creator_id:
            raise CoachingError(f"The passages of {creator_id} are another creator's.", code="tenant_breach")
        entries = tuple(Entry(*entry) for entry in found["entries"])
        return Manifest(creator_id, entries, found["rows"], tuple(found["doomed"]))
    except (ValueError, KeyError, TypeError):
        raise SearchUnavailable("This creator's passages are damaged: delete their folder and ingest again.") from None


def _version(entry: Entry) -> tuple[DocumentId, int]:
    return entry.document_id, entry.version
