"""A document's life, from the request to upload it to the passages that can be found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from coaching.errors import Conflict
from coaching.vocabulary import CreatorId, DocumentId, Metadata, now

Status = Literal["awaiting_upload", "received", "extracting", "embedding", "ready", "failed", "deleting"]
STUCK_AFTER = timedelta(hours=1)
"""No stage of an ingestion takes this long with all its retries."""
IN_WORK: frozenset[Status] = frozenset({"received", "extracting", "embedding"})


@dataclass(frozen=True, slots=True)
class DocumentError:
    """Why a document failed: a stable code and a sentence that its creator can act on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """A creator's document. `version` counts uploads received, `attempt` the tries at the current one.

    `title` is what readers see; empty until the creator or the file says one.
    `etag` is the object store's tag of the bytes last received; `revision` counts writes and guards them.
    `timings` has milliseconds per stage of the last ingestion.
    """

    document_id: DocumentId
    creator_id: CreatorId
    name: str
    content_type: str
    size_bytes: int
    created_at: datetime
    updated_at: datetime
    title: str = ""
    metadata: Metadata = field(default_factory=dict)
    status: Status = "awaiting_upload"
    version: int = 0
    attempt: int = 0
    etag: str = ""
    error: DocumentError | None = None
    passages: int = 0
    characters: int = 0
    timings: Mapping[str, int] = field(default_factory=dict)
    revision: int = 0

    def receive(self, etag: str) -> "Document":
        """Return the document with a new upload to work on. The same bytes again change nothing.

        Raises: Conflict while it is being deleted.
        """
        self._refuse_while_deleting()
        if etag == self.etag:
            return self
        return replace(
            self, status="received", version=self.version + 1, attempt=1, etag=etag, error=None, updated_at=now()
        )

    def retry(self) -> "Document":
        """Return the document with another try at its last upload.

        One that is `received` stays as it is: its start may have been lost, and starting it again does no harm.
        Raises: Conflict for one that is in work and moved within the last hour, ready, or being deleted.
        """
        if self.status == "received":
            return self
        stuck = self.status in IN_WORK and now() - self.updated_at > STUCK_AFTER
        if self.status != "failed" and not stuck:
            raise Conflict(f"Only a failed document can be retried; this one is {self.status}.")
        if not self.version:
            raise Conflict("Nothing was uploaded for this document yet; upload it first.")
        return replace(self, status="received", attempt=self.attempt + 1, error=None, updated_at=now())

    def enter(self, status: Status) -> "Document":
        """Return the document in another stage of work. Raises: Conflict while it is being deleted."""
        self._refuse_while_deleting()
        return replace(self, status=status, updated_at=now())

    def fail(self, code: str, message: str) -> "Document":
        """Return the document as failed; one that is being deleted stays so."""
        if self.status == "deleting":
            return self
        return replace(self, status="failed", error=DocumentError(code, message), updated_at=now())

    def publish(self, *, passages: int, characters: int, timings: Mapping[str, int]) -> "Document":
        """Return the document as ready. Raises: Conflict while it is being deleted."""
        ready = self.enter("ready")
        return replace(ready, passages=passages, characters=characters, timings=dict(timings), error=None)

    def delete(self) -> "Document":
        return replace(self, status="deleting", updated_at=now())

    def require_current(self, version: int, attempt: int) -> None:
        """Raises: Conflict(superseded) if this version or attempt is no longer the one to work on."""
        self._refuse_while_deleting()
        if (version, attempt) != (self.version, self.attempt):
            raise Conflict("A newer upload or attempt took over.", code="superseded")

    def _refuse_while_deleting(self) -> None:
        if self.status == "deleting":
            raise Conflict("This document is being deleted.")
