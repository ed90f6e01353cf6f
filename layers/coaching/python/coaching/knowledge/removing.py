"""How a document goes: what can be found of it first, then its bytes, and its record when nothing is found any more."""

from dataclasses import dataclass

from coaching.errors import NotFound, StillFound
from coaching.knowledge.ports import Documents, PassageReader, PassageWriter, Uploads, WorkFiles
from coaching.knowledge.work import folder
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, DocumentId


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    """Removes passages, so that no query finds them, then every version of the bytes, then what work left behind."""

    documents: Documents
    uploads: Uploads
    work_files: WorkFiles
    writer: PassageWriter

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """A document that is gone already is no error. Raises: SearchUnavailable, StorageUnavailable."""
        try:
            document = self.documents.get(creator_id, document_id)
        except NotFound:
            return
        self.writer.remove(creator_id, document_id)
        self.uploads.remove(document)
        self.work_files.remove_all(folder(creator_id, document_id))


@dataclass(frozen=True, slots=True)
class VerifyRemoval:
    """Reads after the deletion: exactly, not by a search that approximates."""

    reader: PassageReader

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """Raises: StillFound, SearchUnavailable."""
        found = self.reader.count(creator_id, document_id)
        if found:
            raise StillFound(f"{found} passages of this document can still be found. Delete it again.")


@dataclass(frozen=True, slots=True)
class FailDeletion:
    """Writes on the record of a document that could not be deleted what went wrong."""

    documents: Documents

    def __call__(self, creator_id: CreatorId, document_id: DocumentId, code: str, message: str) -> None:
        """A document that is gone already is no error."""

        def fail() -> None:
            self.documents.save(self.documents.get(creator_id, document_id).fail_deletion(code, message))

        try:
            until_fresh(fail)
        except NotFound:
            return
