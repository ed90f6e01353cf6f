"""Creators' files and an ingestion's intermediate files in memory."""

from dataclasses import dataclass, field
from datetime import timedelta

from coaching.errors import NotFound, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ports import UploadPermit, Uploads, WorkFiles
from coaching.vocabulary import now

PERMITTED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MemoryUploads(Uploads):
    """`receive` stands for the PUT that a permit allows."""

    files: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def permit(self, document: Document) -> UploadPermit:
        url = f"memory://uploads/{document.creator_id}/{document.document_id}/{document.name}"
        return UploadPermit(url, {"Content-Type": document.content_type}, now() + PERMITTED_FOR)

    def receive(self, document: Document, data: bytes) -> None:
        """Keep the bytes as the document's last upload."""
        self.files[_place(document)] = data

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        data = self.files.get(_place(document))
        if data is None:
            raise NotFound("There is no such file.")
        if len(data) > limit_bytes:
            raise UnusableDocument("too_large", f"The file has {len(data)} bytes; {limit_bytes} is the limit.")
        return data

    def remove(self, document: Document) -> None:
        self.files.pop(_place(document), None)


@dataclass(frozen=True, slots=True)
class MemoryWorkFiles(WorkFiles):
    files: dict[str, bytes] = field(default_factory=dict)

    def write(self, key: str, data: bytes) -> None:
        self.files[key] = data

    def read(self, key: str) -> bytes:
        if key not in self.files:
            raise NotFound("There is no such file.")
        return self.files[key]

    def remove_all(self, prefix: str) -> None:
        """Delete the folder `prefix`, not what merely begins like it."""
        folder = prefix.removesuffix("/") + "/"
        for key in [key for key in self.files.copy() if key.startswith(folder)]:
            self.files.pop(key, None)


def _place(document: Document) -> tuple[str, str, str]:
    return document.creator_id, document.document_id, document.name
