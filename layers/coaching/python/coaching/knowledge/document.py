"""A document's life, from the request to upload it to the passages that can be found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from coaching.errors import Conflict
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.job import Job
from coaching.knowledge.speech_types import is_recording
from coaching.knowledge.untrusted.finding import NONE, Suspicions
from coaching.vocabulary import CreatorId, DocumentId, Metadata, now

Status = Literal["awaiting_upload", "received", "extracting", "embedding", "ready", "failed", "deleting"]
IN_LINE = timedelta(hours=1)
"""How long a document that was found waiting in line is left to wait; the line itself calls it up."""
STUCK_AFTER = timedelta(hours=1)
"""Nothing but embedding and transcribing takes this long with all its retries."""
IN_WORK: frozenset[Status] = frozenset({"received", "extracting", "embedding"})
PATIENCE: Mapping[Status, timedelta] = {
    "awaiting_upload": timedelta(days=1),
    "received": timedelta(minutes=10),
    "extracting": STUCK_AFTER,
    "embedding": timedelta(hours=3),
    "deleting": STUCK_AFTER,
}
"""How long a document may stay in a state before somebody looks after it; the others are ends.

While it is embedded its record is written when passages are laid out, each time the embedder is waited for, for an hour
at most, and each time storing them is begun: all batches are gone through, or it is stored and published with all
retries, within the time that is left.
"""
TRANSCRIBED_AFTER = timedelta(hours=8)
"""A recording of four hours is transcribed long before, and one that is not is given up by then."""


@dataclass(frozen=True, slots=True)
class DocumentError:
    """Why a document failed, or what it waits for: a stable code and a sentence that its creator can act on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """A creator's document. `version` counts uploads received, `attempt` the tries at the current one.

    `title` is what readers see; empty until the creator or the file says one.
    `etag`, `object_version` and `sequencer` are those of the last `Arrival`; `revision` counts writes and guards them.
    `timings` has milliseconds per stage of the last ingestion. `upload_id` names an upload in parts that was permitted,
    of `upload_bytes` together.
    `waiting` says what an ingestion waits for, `error` why a document failed, or why one that is being deleted is
    still there. `looked_at` is when somebody last looked after it without moving it. `notices` are sentences about what
    of the current version was not read, such as scanned pages.
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
    object_version: str = ""
    sequencer: str = ""
    error: DocumentError | None = None
    waiting: DocumentError | None = None
    looked_at: datetime | None = None
    notices: tuple[str, ...] = ()
    passages: int = 0
    characters: int = 0
    timings: Mapping[str, int] = field(default_factory=dict)
    suspicions: Suspicions = NONE
    revision: int = 0
    upload_id: str = ""
    upload_bytes: int = 0

    @property
    def job(self) -> Job:
        """The current try at the current version."""
        return Job(self.creator_id, self.document_id, self.version, self.attempt)

    @property
    def due_at(self) -> datetime | None:
        """When somebody must look after the document if it does not move before; None where nothing can get lost."""
        patience = self._patience
        if patience is None or (self.status == "deleting" and self.error):
            return None
        looked_at = self.looked_at or self.updated_at
        if self.status == "received" and looked_at > self.updated_at:
            patience = IN_LINE
        return max(self.updated_at, looked_at) + patience

    @property
    def _patience(self) -> timedelta | None:
        transcribed = self.status == "extracting" and is_recording(self.content_type)
        return TRANSCRIBED_AFTER if transcribed else PATIENCE.get(self.status)

    def receive(self, arrival: Arrival) -> "Document":
        """Return the document with a new upload to work on.

        An announcement that came before, or that a later upload overtook, changes nothing; nor does an upload of
        unknown order where the order of one before is known, for it may be older. The same bytes sent again are no new
        version; they are another try where the one before failed.
        Raises: Conflict while it is being deleted.
        """
        self._refuse_while_deleting()
        if arrival.overtaken_by(self.sequencer) or (self.sequencer and not arrival.sequencer):
            return self
        if arrival.etag == self.etag:
            again = replace(self, sequencer=arrival.sequencer)
            retried = self.status == "failed" and bool(arrival.sequencer)
            return replace(again.retry(), object_version=arrival.object_version) if retried else again
        return replace(
            self,
            status="received",
            version=self.version + 1,
            attempt=1,
            etag=arrival.etag,
            object_version=arrival.object_version,
            sequencer=arrival.sequencer,
            size_bytes=arrival.size_bytes or self.size_bytes,
            notices=(),
            error=None,
            waiting=None,
            updated_at=now(),
        )

    def retry(self) -> "Document":
        """Return the document with another try at its last upload.

        One that is `received` stays as it is: its start may have been lost, and starting it again does no harm.
        Raises: Conflict for one that is in work and moved of late (`PATIENCE`), ready, or being deleted.
        """
        if self.status == "received":
            return self
        stuck = self.status in IN_WORK and now() - self.updated_at > max(STUCK_AFTER, self._patience or STUCK_AFTER)
        if self.status != "failed" and not stuck:
            raise Conflict(f"Only a failed document can be retried; this one is {self.status}.")
        if not self.version:
            raise Conflict("Nothing was uploaded for this document yet; upload it first.")
        return replace(self, status="received", attempt=self.attempt + 1, error=None, waiting=None, updated_at=now())

    def enter(self, status: Status) -> "Document":
        """Return the document in another stage of work. Raises: Conflict while it is being deleted."""
        self._refuse_while_deleting()
        return replace(self, status=status, waiting=None, updated_at=now())

    def wait(self, code: str, message: str) -> "Document":
        """Return the document with what its ingestion waits for. Raises: Conflict while it is being deleted."""
        self._refuse_while_deleting()
        return replace(self, waiting=DocumentError(code, message), updated_at=now())

    def note(self, notices: tuple[str, ...]) -> "Document":
        """Return the document with what its creator should know about what was not read of it."""
        return replace(self, notices=notices)

    def look(self) -> "Document":
        """Return the document as looked after: it may go on for as long again."""
        return replace(self, looked_at=now())

    def fail(self, code: str, message: str) -> "Document":
        """Return the document as failed; one that is being deleted stays so."""
        if self.status == "deleting":
            return self
        return replace(self, status="failed", error=DocumentError(code, message), waiting=None, updated_at=now())

    def publish(
        self, *, passages: int, characters: int, timings: Mapping[str, int], suspicions: Suspicions = NONE
    ) -> "Document":
        """Return the document as ready. Raises: Conflict while it is being deleted."""
        ready = replace(self.enter("ready"), error=None)
        counted = replace(ready, passages=passages, characters=characters, timings=dict(timings))
        return replace(counted, suspicions=suspicions)

    def delete(self) -> "Document":
        """Return the document as going, also where a deletion before this one failed."""
        return replace(self, status="deleting", error=None, waiting=None, updated_at=now())

    def fail_deletion(self, code: str, message: str) -> "Document":
        """Return the document as one that is still there: it stays `deleting`, and can only be deleted again."""
        return replace(self, error=DocumentError(code, message), updated_at=now())

    def require_current(self, version: int, attempt: int) -> None:
        """Raises: Conflict(superseded) if this version or attempt is no longer the one to work on."""
        self._refuse_while_deleting()
        if (version, attempt) != (self.version, self.attempt) or self.status == "failed":
            raise Conflict("A newer upload or attempt took over, or this one ended.", code="superseded")

    def _refuse_while_deleting(self) -> None:
        if self.status == "deleting":
            raise Conflict("This document is being deleted.")
