"""The steps from an uploaded file to passages that can be found. Each can be run again without harm."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

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
from coaching.knowledge.untrusted.finding import Suspicions, suspicions, together
from coaching.knowledge.work import (
    batch_suspicions_key,
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

if TYPE_CHECKING:
    from coaching.knowledge.ports import Vectors

T = TypeVar("T")


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
    """Embeds one batch, and notes which of its passages speak to a model."""

    embedder: Embedder
    work_files: WorkFiles

    def __call__(self, batch: str) -> int:
        """Return how many passages the batch has; what was done for it already is not done again.

        Raises: EmbedderUnavailable, UnusableDocument.
        """
        passages = read_passages(self.work_files.read(batch))
        texts = [embedding_text(passage) for passage in passages]
        made_of = fingerprint(texts, self.embedder.model)
        vectors = self._vectors(batch, texts, made_of)
        if _kept(self.work_files, batch_suspicions_key(batch), read_suspicions, made_of) is None:
            embedded = [EmbeddedPassage(*each) for each in zip(passages, vectors, strict=True)]
            found = write_suspicions(suspicions(embedded, self.embedder.model), made_of)
            self.work_files.write(batch_suspicions_key(batch), found)
        return len(passages)

    def _vectors(self, batch: str, texts: Sequence[str], made_of: str) -> "Vectors":
        known = _kept(self.work_files, vectors_key(batch), read_vectors, made_of)
        if known is not None:
            return known
        vectors = self.embedder.embed(texts, "passage")
        self.work_files.write(vectors_key(batch), write_vectors(vectors, made_of))
        return vectors


@dataclass(frozen=True, slots=True)
class IndexPassages:
    """Stores a version's passages, not visible yet, and gathers which of them speak to a model."""

    documents: Documents
    work_files: WorkFiles
    writer: PassageWriter
    embedding_model: str

    def __call__(self, job: Job, batches: Sequence[str]) -> int:
        """Return how many passages were stored.

        Raises: SearchUnavailable; Unavailable where what lies in a batch's place was made of other passages; Conflict
        or NotFound if the document was deleted or replaced meanwhile.
        """
        enter(self.documents, job, "embedding")
        read = [self._read(batch) for batch in batches]
        embedded = sorted((each for found, _ in read for each in found), key=lambda each: each.passage.passage_id)
        suspicious = write_suspicions(together(found for _, found in read))
        self.work_files.write(suspicions_key(job.creator_id, job.document_id, job.version), suspicious)
        with withdrawn_if_gone(self.documents, self.writer, job):
            self.writer.stage(job.creator_id, job.document_id, job.version, embedded, self.embedding_model)
            require_current(self.documents, job)
        return len(embedded)

    def _read(self, batch: str) -> tuple[list[EmbeddedPassage], Suspicions]:
        passages = read_passages(self.work_files.read(batch))
        made_of = fingerprint([embedding_text(passage) for passage in passages], self.embedding_model)
        vectors = _kept(self.work_files, vectors_key(batch), read_vectors, made_of)
        found = _kept(self.work_files, batch_suspicions_key(batch), read_suspicions, made_of)
        if vectors is None or found is None:
            raise Unavailable("The passages were laid out anew while they were embedded. Retry.")
        return [EmbeddedPassage(*each) for each in zip(passages, vectors, strict=True)], found


def _kept(work_files: WorkFiles, key: str, read: Callable[[bytes], tuple[T, str]], made_of: str) -> T | None:
    """Return what an earlier step or attempt wrote there; None where there is nothing, or it was made of other text."""
    try:
        found, was_made_of = read(work_files.read(key))
    except NotFound:
        return None
    return found if was_made_of == made_of else None


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
                found = self.work_files.read(suspicions_key(job.creator_id, job.document_id, job.version))
                suspicious, _ = read_suspicions(found)
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
