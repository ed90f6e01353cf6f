"""The ingestion over in-memory storage and a real store, run step by step as the state machine runs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coaching.adapters.aws.uploads import S3Uploads, upload_key
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.extraction import FileExtractor
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads, MemoryWorkFiles
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.ending import FailDocument
from coaching.knowledge.ingestion import (
    EmbedPassages,
    ExtractDocument,
    IndexPassages,
    PublishDocument,
)
from coaching.knowledge.job import Job
from coaching.knowledge.laying_out import Batches, SplitDocument
from coaching.knowledge.ports import Embedder, Vectors
from coaching.knowledge.removing import RemoveDocument, VerifyRemoval
from coaching.knowledge.search import SearchPassages
from coaching.vocabulary import CreatorId, DocumentId, now

DEMO = CreatorId("demo")
GUIDE = b"# Rest days\n\nTake two rest days a week.\n\n# Long runs\n\nThe long run grows by ten percent a week.\n"


class CountingEmbedder(HashEmbedder):
    """Knows which texts it was asked to embed as passages."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], purpose: str) -> Vectors:
        if purpose == "passage":
            self.embedded += texts
        return super().embed(texts, "passage")


def send(uploads: MemoryUploads | S3Uploads, document: Document, data: bytes) -> Arrival:
    """Upload bytes, and return how they are announced."""
    if isinstance(uploads, MemoryUploads):
        return uploads.receive(document, data)
    uploads.client().put_object(Bucket=uploads.bucket, Key=upload_key(document), Body=data)
    return uploads.last(document)


@dataclass
class Pipeline:
    folder: Path
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    work_files: MemoryWorkFiles = field(default_factory=MemoryWorkFiles)
    embedder: Embedder = field(default_factory=HashEmbedder)

    def __post_init__(self) -> None:
        self.store = EmbeddedPassages(self.folder)

    @property
    def extracting(self) -> ExtractDocument:
        return ExtractDocument(self.documents, self.uploads, FileExtractor(), self.work_files)

    @property
    def splitting(self) -> SplitDocument:
        return SplitDocument(self.documents, self.work_files, self.store, self.embedder.model)

    @property
    def embedding(self) -> EmbedPassages:
        return EmbedPassages(self.embedder, self.work_files)

    @property
    def indexing(self) -> IndexPassages:
        return IndexPassages(self.documents, self.work_files, self.store, self.embedder.model)

    @property
    def publishing(self) -> PublishDocument:
        return PublishDocument(self.documents, self.work_files, self.store)

    @property
    def failing(self) -> FailDocument:
        return FailDocument(self.documents, self.store)

    def upload(self, data: bytes, *, content_type: str = "text/markdown") -> Job:
        document = self.documents.save(
            Document(
                document_id=DocumentId("01JB0000000000000000000001"),
                creator_id=DEMO,
                name="running-guide.md",
                content_type=content_type,
                size_bytes=len(data),
                metadata={"topic": "running"},
                created_at=now(),
                updated_at=now(),
            )
        )
        return self.replace(document.document_id, data)

    def replace(self, document_id: DocumentId, data: bytes) -> Job:
        document = self.current(document_id)
        return self.documents.save(document.receive(send(self.uploads, document, data))).job

    def current(self, document_id: DocumentId) -> Document:
        return self.documents.get(DEMO, document_id)

    def lay_out(self, job: Job) -> tuple[int, Batches]:
        return self.extracting(job), self.splitting(job)

    def stage(self, job: Job) -> tuple[int, Batches]:
        characters, laid = self.lay_out(job)
        for batch in laid.keys:
            self.embedding(batch)
        self.indexing(job, laid.keys)
        return characters, laid

    def publish(self, job: Job, characters: int, laid: Batches) -> None:
        self.publishing(job, passages=laid.passages, characters=characters, timings={})

    def ingest(self, job: Job) -> None:
        self.publish(job, *self.stage(job))

    def delete(self, job: Job) -> None:
        """Mark the document as going and run the deletion's steps."""
        self.documents.save(self.current(job.document_id).delete())
        self.remove(job)

    def remove(self, job: Job) -> None:
        RemoveDocument(self.documents, self.uploads, self.work_files, self.store)(DEMO, job.document_id)
        VerifyRemoval(self.store)(DEMO, job.document_id)
        self.documents.remove(DEMO, job.document_id)

    def found(self, text: str) -> list[str]:
        passages = SearchPassages(self.embedder, self.store)(DEMO, text, k=50).passages
        return [found.passage.text for found in passages]
