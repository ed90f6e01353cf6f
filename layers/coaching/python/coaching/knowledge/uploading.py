"""A document's way in and out, up to where a state machine takes over."""

import re
from dataclasses import dataclass, replace

from coaching.errors import Conflict, Invalid, NotFound, StaleWrite, TooLarge
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.content_types import TEXT_LIMIT_BYTES, require_supported
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Documents, DocumentWork, StrayUploads, UploadPermit, Uploads
from coaching.knowledge.speech_types import KINDS, RECORDING_LIMIT_BYTES, is_recording, require_speech
from coaching.knowledge.starting import StartWaiting
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, DocumentId, Metadata, new_ulid, now

_MEGABYTE = 1024 * 1024
_UNSAFE_NAME = re.compile(r"[/\\]|^\.+$|^\s*$")


@dataclass(frozen=True, slots=True)
class AnnounceDocument:
    """Makes the record of a document and the permit to upload its bytes. `hears` where speech becomes text."""

    documents: Documents
    uploads: Uploads
    hears: bool = False

    def __call__(
        self, creator_id: CreatorId, *, name: str, title: str, content_type: str, size_bytes: int, metadata: Metadata
    ) -> tuple[Document, UploadPermit]:
        """Raises: UnsupportedType, TooLarge, Invalid for a name that is a path."""
        _require_usable(content_type, size_bytes, hears=self.hears)
        if _UNSAFE_NAME.search(name) or not name.isprintable():
            raise Invalid("The file name is not usable.", fields={"/name": "give a plain file name without a path"})
        document = Document(
            document_id=DocumentId(new_ulid()),
            creator_id=creator_id,
            name=name,
            title=title,
            content_type=content_type,
            size_bytes=size_bytes,
            metadata=metadata,
            created_at=now(),
            updated_at=now(),
        )
        permit = self.uploads.permit(document)
        return self.documents.save(_awaiting(document, permit)), permit


@dataclass(frozen=True, slots=True)
class PermitVersion:
    """Makes the permit to upload other bytes for a document: they become its next version when they arrive."""

    documents: Documents
    uploads: Uploads
    hears: bool = False

    def __call__(
        self, creator_id: CreatorId, document_id: DocumentId, *, size_bytes: int
    ) -> tuple[Document, UploadPermit]:
        """Raises: NotFound, Conflict for a document that is being deleted, TooLarge."""
        document = self._kept(creator_id, document_id)
        _require_usable(document.content_type, size_bytes, hears=self.hears)
        permit = self.uploads.permit(replace(document, size_bytes=size_bytes))

        def note() -> Document:
            current = self._kept(creator_id, document_id)
            noted = _awaiting(current, permit)
            return current if noted == current else self.documents.save(noted)

        return until_fresh(note), permit

    def _kept(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        document = self.documents.get(creator_id, document_id)
        if document.status == "deleting":
            raise Conflict("This document is being deleted.")
        return document


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    """Takes note that bytes arrived and puts them in line for ingestion. What is announced again starts nothing new."""

    documents: Documents
    start_waiting: StartWaiting

    def __call__(self, creator_id: CreatorId, document_id: DocumentId, arrival: Arrival) -> Document:
        """Raises: NotFound for an upload without a document, Conflict for a document that is being deleted."""

        def receive() -> Document:
            document = self.documents.get(creator_id, document_id)
            received = document.receive(arrival)
            return document if received == document else self.documents.save(received)

        document = until_fresh(receive)
        # Started even if the record was written before: whoever wrote it may have stopped between the two.
        if document.status == "received":
            self.start_waiting.join(document)
        return document


@dataclass(frozen=True, slots=True)
class TakeUpload:
    """Receives what was uploaded; what was uploaded for a document that is gone or going does not stay.

    A permit outlives its document, and nobody else would come by again.
    """

    documents: Documents
    receive: ReceiveUpload
    strays: StrayUploads

    def __call__(self, creator_id: CreatorId, document_id: DocumentId, arrival: Arrival) -> None:
        """Raises: NotFound, Conflict once the bytes are removed; Unavailable, StaleWrite to be told again."""
        try:
            self.receive(creator_id, document_id, arrival)
        except StaleWrite:
            raise
        except (NotFound, Conflict):
            if self._gone(creator_id, document_id):
                self.strays.remove_strays(creator_id, document_id)
            raise

    def _gone(self, creator_id: CreatorId, document_id: DocumentId) -> bool:
        try:
            return self.documents.get(creator_id, document_id).status == "deleting"
        except NotFound:
            return True


@dataclass(frozen=True, slots=True)
class RetryDocument:
    """Puts a document that failed, or whose work was lost, in line for another try."""

    documents: Documents
    start_waiting: StartWaiting

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        """Raises: NotFound, Conflict where there is nothing to retry."""

        def retry() -> Document:
            document = self.documents.get(creator_id, document_id)
            retried = document.retry()
            return document if retried is document else self.documents.save(retried)

        document = until_fresh(retry)
        self.start_waiting.join(document)
        return document


@dataclass(frozen=True, slots=True)
class DeleteDocument:
    """Marks a document as going and starts its deletion.

    Asked again, it starts the deletion again: the one before may have failed, and two at once do no harm.
    """

    documents: Documents
    work: DocumentWork

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        """Raises: NotFound."""

        document = until_fresh(lambda: self.documents.save(self.documents.get(creator_id, document_id).delete()))
        self.work.start_deletion(document)
        return document


def _awaiting(document: Document, permit: UploadPermit) -> Document:
    """Return the document with the parts that its last permit is for, none where the file is sent whole."""
    return replace(document, upload_id=permit.upload_id, upload_bytes=sum(part.size_bytes for part in permit.parts))


def _require_usable(content_type: str, size_bytes: int, *, hears: bool) -> None:
    """Raises: UnsupportedType, TooLarge."""
    recording = is_recording(content_type)
    if recording:
        require_speech(hears=hears)
    else:
        require_supported(content_type, also=KINDS if hears else ())
    limit_bytes = RECORDING_LIMIT_BYTES if recording else TEXT_LIMIT_BYTES
    if size_bytes > limit_bytes:
        raise TooLarge(f"This file has {size_bytes:,} bytes; the limit is {limit_bytes // _MEGABYTE:,} MB. Split it.")
