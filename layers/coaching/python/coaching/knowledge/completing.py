"""Where a file that was sent in parts becomes whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from coaching.errors import Conflict
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Documents, PartedUploads
from coaching.vocabulary import CreatorId, DocumentId


@dataclass(frozen=True, slots=True)
class CompleteUpload:
    """Joins the parts, which starts the ingestion as the upload of a whole file does. Again it changes nothing."""

    documents: Documents
    uploads: PartedUploads

    def __call__(self, creator_id: CreatorId, document_id: DocumentId, etags: Mapping[int, str]) -> Document:
        """Raises: NotFound, Invalid for parts that do not fit, Conflict where there is nothing to complete."""
        document = self.documents.get(creator_id, document_id)
        if document.status == "deleting":
            raise Conflict("This document is being deleted.")
        if not document.upload_id:
            raise Conflict("This document is uploaded whole, with one PUT; there are no parts to complete.")
        self.uploads.complete(document, etags)
        return self.documents.get(creator_id, document_id)
