"""A document ingested, then the same bytes uploaded again: `python -m benchmarks.reingest`.

All the steps run in process with the real embedder over in-memory storage; what is compared is their work alone.
"""

import tempfile
import time
from pathlib import Path

from benchmarks import corpus
from benchmarks.figures import Figure
from coaching.adapters.embedding.minilm import MiniLMEmbedder
from coaching.adapters.extraction import FileExtractor
from coaching.adapters.memory.document_work import MemoryDocumentWork
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads, MemoryWorkFiles
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.document import Document
from coaching.knowledge.ingestion import (
    EmbedPassages,
    ExtractDocument,
    IndexPassages,
    Job,
    PublishDocument,
    SplitDocument,
)
from coaching.knowledge.uploading import AnnounceDocument, ReceiveUpload
from coaching.vocabulary import CreatorId
from training.minilm_onnx import build

GOAL = 50
_PASSAGES = 100
_CREATOR = CreatorId("demo")


class Ingestion:
    """What the queue and the state machine do for one upload."""

    def __init__(self, folder: Path) -> None:
        self._documents, self._uploads, self._work_files = MemoryDocuments(), MemoryUploads(), MemoryWorkFiles()
        self._work, self._store = MemoryDocumentWork(), EmbeddedPassages(folder)
        self._embedder = MiniLMEmbedder(build(Path(".cache/minilm")))
        self._embedder.embed(["The model is loaded before anything is measured."], "passage")

    def announce(self, data: bytes) -> Document:
        announcing = AnnounceDocument(self._documents, self._uploads)
        document, _ = announcing(
            _CREATOR, name="guide.txt", title="", content_type="text/plain", size_bytes=len(data), metadata={}
        )
        self._uploads.receive(document, data)
        return document

    def upload_arrived(self, document: Document, etag: str) -> None:
        """Run everything that an upload's event leads to."""
        ReceiveUpload(self._documents, self._work)(_CREATOR, document.document_id, etag)
        for started in self._work.ingestions.values():
            self._ingest(Job(_CREATOR, started.document_id, started.version, started.attempt))
        self._work.ingestions.clear()

    def _ingest(self, job: Job) -> None:
        characters = ExtractDocument(self._documents, self._uploads, FileExtractor(), self._work_files)(job)
        batches, passages = SplitDocument(self._documents, self._work_files)(job)
        for batch in batches:
            EmbedPassages(self._embedder, self._work_files)(batch)
        IndexPassages(self._documents, self._work_files, self._store, self._embedder.model)(job, batches)
        publishing = PublishDocument(self._documents, self._work_files, self._store)
        publishing(job, passages=passages, characters=characters, timings={})


def figures() -> list[Figure]:
    data = "\n\n".join(corpus.passages(_PASSAGES)).encode()
    with tempfile.TemporaryDirectory() as folder:
        ingestion = Ingestion(Path(folder))
        document = ingestion.announce(data)
        first = _seconds(ingestion, document)
        again = min(_seconds(ingestion, document) for _ in range(5))
    return [
        Figure(
            f"unchanged re-ingest of {_PASSAGES} passages: first / again",
            f"{first:.2f} s / {again * 1000:.2f} ms = {first / again:,.0f}",
            f">= {GOAL}",
            first / again >= GOAL,
        )
    ]


def _seconds(ingestion: Ingestion, document: Document) -> float:
    began = time.perf_counter()
    ingestion.upload_arrived(document, "etag-1")
    return time.perf_counter() - began


if __name__ == "__main__":
    for figure in figures():
        print(figure)
