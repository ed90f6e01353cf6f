"""Our steps from an uploaded file to passages that can be found, in process over in-memory records and a real store."""

from pathlib import Path

from coaching.adapters.extraction import FileExtractor
from coaching.adapters.memory.document_work import MemoryDocumentWork
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.fair_share import MemoryShares, MemoryWaitingLine
from coaching.adapters.memory.files import MemoryUploads, MemoryWorkFiles
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.content_types import PLAIN
from coaching.knowledge.document import Document
from coaching.knowledge.ingestion import (
    EmbedPassages,
    ExtractDocument,
    IndexPassages,
    PublishDocument,
)
from coaching.knowledge.job import Job
from coaching.knowledge.laying_out import SplitDocument
from coaching.knowledge.ports import Embedder, TokenLimit
from coaching.knowledge.starting import StartWaiting
from coaching.knowledge.uploading import AnnounceDocument, ReceiveUpload
from coaching.vocabulary import CreatorId

CREATOR = CreatorId("demo")


class Ingestion:
    """What the queue and the state machine do for one upload."""

    def __init__(self, folder: Path, embedder: Embedder, tokens: TokenLimit | None) -> None:
        self._documents, self._uploads, self._work_files = MemoryDocuments(), MemoryUploads(), MemoryWorkFiles()
        self._work, self._store = MemoryDocumentWork(), EmbeddedPassages(folder)
        self._shares, self._line = MemoryShares(), MemoryWaitingLine()
        self._embedder, self._tokens = embedder, tokens

    def announce(self, data: bytes, content_type: str = PLAIN) -> tuple[Document, Arrival]:
        announcing = AnnounceDocument(self._documents, self._uploads)
        document, _ = announcing(
            CREATOR, name="guide", title="", content_type=content_type, size_bytes=len(data), metadata={}
        )
        return document, self._uploads.receive(document, data)

    def upload_arrived(self, document: Document, arrival: Arrival) -> int:
        """Run everything that an upload's event leads to, and return how many passages it published."""
        starting = StartWaiting(self._documents, self._line, self._shares, self._work)
        ReceiveUpload(self._documents, starting)(CREATOR, document.document_id, arrival)
        passages = 0
        for started in self._work.ingestions.values():
            passages += self._ingest(Job(CREATOR, started.document_id, started.version, started.attempt))
        self._work.ingestions.clear()
        return passages

    def _ingest(self, job: Job) -> int:
        characters = ExtractDocument(self._documents, self._uploads, FileExtractor(), self._work_files)(job)
        splitting = SplitDocument(self._documents, self._work_files, self._store, self._embedder.model, self._tokens)
        laid = splitting(job)
        for batch in laid.keys:
            EmbedPassages(self._embedder, self._work_files)(batch)
        indexing = IndexPassages(self._documents, self._work_files, self._store, self._embedder.model)
        indexing(job, laid.keys)
        publishing = PublishDocument(self._documents, self._work_files, self._store)
        publishing(job, passages=laid.passages, characters=characters, timings={})
        return laid.passages
