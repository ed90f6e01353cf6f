"""The steps from an uploaded file to passages that can be found. Each can be run again without harm."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from coaching.errors import NotFound, Unavailable, UnusableDocument
from coaching.knowledge.clean import clean
from coaching.knowledge.content_types import JSON, TEXT_LIMIT_BYTES
from coaching.knowledge.document import Document
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ending import withdrawn_if_gone
from coaching.knowledge.job import Job
from coaching.knowledge.laying_out import no_text
from coaching.knowledge.ports import (
    Documents,
    EmbeddedPassage,
    Embedder,
    Extracted,
    Extractor,
    PassageWriter,
    Uploads,
    WorkFiles,
)
from coaching.knowledge.speech_types import is_recording
from coaching.knowledge.stages import enter, require_current
from coaching.knowledge.untrusted.finding import NONE, Suspicions, suspicions
from coaching.knowledge.work import (
    fingerprint,
    read_extracted,
    read_passages,
    read_suspicions,
    read_vectors,
    suspicions_key,
    text_key,
    transcript_key,
    vectors_key,
    version_folder,
    write_extracted,
    write_suspicions,
    write_vectors,
)
from coaching.retrying import until_fresh


@dataclass(frozen=True, slots=True)
class ExtractDocument:
    """Reads the file and cleans its text."""

    documents: Documents
    uploads: Uploads
    extractor: Extractor
    work_files: WorkFiles

    def __call__(self, job: Job) -> int:
        """Return the number of characters found; what an earlier attempt at this version found is not sought again.

        Raises: UnusableDocument, Conflict(superseded).
        """
        document = enter(self.documents, job, "extracting")
        key = text_key(job.creator_id, job.document_id, job.version)
        try:
            found = read_extracted(self.work_files.read(key))
        except NotFound:
            found = self._extracted(job, document)
            self.work_files.write(key, write_extracted(found))
        until_fresh(lambda: self._note(job, found.notices))
        return sum(len(block.text) for block in found.blocks)

    def _note(self, job: Job, notices: tuple[str, ...]) -> None:
        document = require_current(self.documents, job)
        if document.notices != notices:
            self.documents.save(document.note(notices))

    def _extracted(self, job: Job, document: Document) -> Extracted:
        extracted = self.extractor.extract(*self._source(job, document))
        cleaned = Extracted(clean(extracted.blocks), extracted.title, extracted.notices)
        if not any(block.text.strip() for block in cleaned.blocks):
            raise no_text()
        return cleaned

    def _source(self, job: Job, document: Document) -> tuple[bytes, str]:
        """Return what is to be read and its content type: of a recording, the transcript of what is said in it."""
        if is_recording(document.content_type):
            return self.work_files.read(transcript_key(job.creator_id, job.document_id, job.version)), JSON
        try:
            return self.uploads.read(document, limit_bytes=TEXT_LIMIT_BYTES), document.content_type
        except NotFound as error:
            raise UnusableDocument("upload_gone", "The uploaded file is no longer there. Upload it again.") from error


@dataclass(frozen=True, slots=True)
class EmbedPassages:
    """Embeds one batch."""

    embedder: Embedder
    work_files: WorkFiles

    def __call__(self, batch: str) -> int:
        """Return how many passages the batch has; one that is embedded already is left as it is.

        Raises: EmbedderUnavailable.
        """
        passages = read_passages(self.work_files.read(batch))
        texts = [embedding_text(passage) for passage in passages]
        made_of = fingerprint(texts, self.embedder.model)
        if self._made_of(batch) != made_of:
            vectors = self.embedder.embed(texts, "passage")
            self.work_files.write(vectors_key(batch), write_vectors(vectors, made_of))
        return len(passages)

    def _made_of(self, batch: str) -> str:
        try:
            return read_vectors(self.work_files.read(vectors_key(batch)))[1]
        except NotFound:
            return ""


@dataclass(frozen=True, slots=True)
class IndexPassages:
    """Stores a version's passages, not visible yet, and notes which of them speak to a model."""

    documents: Documents
    work_files: WorkFiles
    writer: PassageWriter
    embedding_model: str

    def __call__(self, job: Job, batches: Sequence[str]) -> int:
        """Return how many passages were stored.

        Raises: SearchUnavailable; Conflict or NotFound if the document was deleted or replaced meanwhile.
        """
        require_current(self.documents, job)
        found = (passage for batch in batches for passage in self._read(batch))
        embedded = sorted(found, key=lambda each: each.passage.passage_id)
        suspicious = write_suspicions(suspicions(embedded, self.embedding_model))
        self.work_files.write(suspicions_key(job.creator_id, job.document_id, job.version), suspicious)
        with withdrawn_if_gone(self.documents, self.writer, job):
            self.writer.stage(job.creator_id, job.document_id, job.version, embedded, self.embedding_model)
            require_current(self.documents, job)
        return len(embedded)

    def _read(self, batch: str) -> list[EmbeddedPassage]:
        passages = read_passages(self.work_files.read(batch))
        vectors, _ = read_vectors(self.work_files.read(vectors_key(batch)))
        return [EmbeddedPassage(passage, vector) for passage, vector in zip(passages, vectors, strict=True)]


@dataclass(frozen=True, slots=True)
class PublishDocument:
    """Makes a version visible, the one before it gone, and the document ready."""

    documents: Documents
    work_files: WorkFiles
    writer: PassageWriter

    def __call__(self, job: Job, *, passages: int, characters: int, timings: Mapping[str, int]) -> None:
        """Raises: Conflict or NotFound if the document was deleted or replaced meanwhile.

        Of a document that was deleted nothing stays in the store.
        """
        with withdrawn_if_gone(self.documents, self.writer, job):
            if require_current(self.documents, job).status != "ready":
                self.writer.publish(job.creator_id, job.document_id, job.version)
                suspicious = self._suspicions(job)
                until_fresh(lambda: self._mark_ready(job, passages, characters, timings, suspicious))
        # The bucket deletes what stays behind after some days: no reason to call a document failed that is ready.
        with suppress(Unavailable):
            self.work_files.remove_all(version_folder(job.creator_id, job.document_id, job.version))

    def _mark_ready(
        self, job: Job, passages: int, characters: int, timings: Mapping[str, int], suspicious: Suspicions
    ) -> None:
        document = require_current(self.documents, job)
        self.documents.save(
            document.publish(passages=passages, characters=characters, timings=timings, suspicions=suspicious)
        )

    def _suspicions(self, job: Job) -> Suspicions:
        # An ingestion that began before there was such a file has none.
        with suppress(NotFound):
            return read_suspicions(self.work_files.read(suspicions_key(job.creator_id, job.document_id, job.version)))
        return NONE
