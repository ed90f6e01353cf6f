"""Creators' files and an ingestion's intermediate files in memory."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta

from coaching.errors import NotFound, UnusableDocument
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Arrivals, StrayUploads, UploadPermit, Uploads, WorkFiles
from coaching.vocabulary import CreatorId, DocumentId, now

PERMITTED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MemoryUploads(Uploads, Arrivals, StrayUploads):
    """Every version of each file, oldest first. `receive` stands for the PUT that a permit allows."""

    files: dict[tuple[str, str, str], list[bytes]] = field(default_factory=dict)

    def permit(self, document: Document) -> UploadPermit:
        url = f"memory://uploads/{document.creator_id}/{document.document_id}/{document.name}"
        return UploadPermit(url, {"Content-Type": document.content_type}, now() + PERMITTED_FOR)

    def receive(self, document: Document, data: bytes) -> Arrival:
        """Keep the bytes as the document's last upload, and return how they are announced."""
        versions = self.files.setdefault(_place(document), [])
        versions.append(data)
        return replace(self.last(document), sequencer=f"{len(versions):08X}")

    def last(self, document: Document) -> Arrival:
        versions = self.files.get(_place(document))
        if not versions:
            raise NotFound("Nothing was uploaded for this document.")
        etag = hashlib.md5(versions[-1], usedforsecurity=False).hexdigest()
        return Arrival(etag, str(len(versions)), size_bytes=len(versions[-1]))

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        versions = self.files.get(_place(document), [])
        named = {str(number): data for number, data in enumerate(versions, start=1)}
        if document.object_version not in named:
            raise NotFound("There is no such file.")
        data = named[document.object_version]
        if len(data) > limit_bytes:
            raise UnusableDocument("too_large", f"The file has {len(data)} bytes; {limit_bytes} is the limit.")
        return data

    def remove(self, document: Document) -> None:
        self.files.pop(_place(document), None)

    def remove_strays(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        for place in [place for place in self.files if place[:2] == (creator_id, document_id)]:
            self.files.pop(place, None)


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
