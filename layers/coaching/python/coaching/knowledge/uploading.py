"""A document's way in and out, up to where a state machine takes over."""

import re
from dataclasses import dataclass

from coaching.errors import Invalid, TooLarge
from coaching.knowledge.content_types import TEXT_LIMIT_BYTES, require_supported
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Documents, DocumentWork, UploadPermit, Uploads
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, DocumentId, Metadata, new_ulid, now

_MEGABYTE = 1024 * 1024
_UNSAFE_NAME = re.compile(r"[/\\]|^\.+$|^\s*$")


@dataclass(frozen=True, slots=True)
class AnnounceDocument:
    """Makes the record of a document and the permit to upload its bytes."""

    documents: Documents
    uploads: Uploads

    def __call__(
        self, creator_id: CreatorId, *, name: str, title: str, content_type: str, size_bytes: int, metadata: Metadata
    ) -> tuple[Document, UploadPermit]:
        """Raises: UnsupportedType, TooLarge, Invalid for a name that is a path."""
        require_supported(content_type)
        if size_bytes > TEXT_LIMIT_BYTES:
            raise TooLarge(
                f"This file has {size_bytes:,} bytes; the limit is {TEXT_LIMIT_BYTES // _MEGABYTE} MB. Split it."
            )
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
        return self.documents.save(document), self.uploads.permit(document)


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    """Takes note that bytes arrived and starts their ingestion. The same bytes announced again start nothing new."""

    documents: Documents
    work: DocumentWork

    def __call__(self, creator_id: CreatorId, document_id: DocumentId, etag: str) -> Document:
        """Raises: NotFound for an upload without a document, Conflict for a document that is being deleted."""

        def receive() -> Document:
            document = self.documents.get(creator_id, document_id)
            received = document.receive(etag)
            return document if received is document else self.documents.save(received)

        document = until_fresh(receive)
        # Started even if the record was written before: whoever wrote it may have stopped between the two.
        if document.status != "ready":
            self.work.start_ingestion(document)
        return document


@dataclass(frozen=True, slots=True)
class RetryDocument:
    """Starts another try at a document that failed, or whose work was lost."""

    documents: Documents
    work: DocumentWork

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        """Raises: NotFound, Conflict where there is nothing to retry."""

        def retry() -> Document:
            document = self.documents.get(creator_id, document_id)
            retried = document.retry()
            return document if retried is document else self.documents.save(retried)

        document = until_fresh(retry)
        self.work.start_ingestion(document)
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
