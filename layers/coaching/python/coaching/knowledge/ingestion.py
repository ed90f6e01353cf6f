"""The steps from an uploaded file to passages that can be found. Each can be run again without harm."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from coaching.errors import Conflict, NotFound, Unavailable, UnusableDocument
from coaching.knowledge.clean import clean
from coaching.knowledge.content_types import TEXT_LIMIT_BYTES
from coaching.knowledge.document import Document, Status
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
from coaching.knowledge.split import split
from coaching.knowledge.work import (
    batch_key,
    folder,
    read_extracted,
    read_passages,
    read_vectors,
    text_key,
    vectors_key,
    version_folder,
    write_extracted,
    write_passages,
    write_vectors,
)
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId

BATCH = 64


@dataclass(frozen=True, slots=True)
class Job:
    """One try at one uploaded version of a document."""

    creator_id: CreatorId
    document_id: DocumentId
    version: int
    attempt: int


def _enter(documents: Documents, job: Job, status: Status) -> Document:
    """Move the document to a stage. Raises: Conflict(superseded) if the job is no longer the current one."""

    def enter() -> Document:
        document = _require_current(documents, job)
        return document if document.status == status else documents.save(document.enter(status))

    return until_fresh(enter)


def _require_current(documents: Documents, job: Job) -> Document:
    document = documents.get(job.creator_id, job.document_id)
    document.require_current(job.version, job.attempt)
    return document


@contextmanager
def _withdrawn_if_gone(documents: Documents, writer: PassageWriter, job: Job) -> Iterator[None]:
    """Take the document's passages out of the store again where the block finds that it was deleted meanwhile.

    Its deletion may have passed the store before the block wrote there, and nobody else would come by again.
    """
    try:
        yield
    except (Conflict, NotFound):
        try:
            deleted = documents.get(job.creator_id, job.document_id).status == "deleting"
        except NotFound:
            deleted = True
        if deleted:
            writer.remove(job.creator_id, job.document_id)
        raise


@dataclass(frozen=True, slots=True)
class ExtractDocument:
    """Reads the file and cleans its text."""

    documents: Documents
    uploads: Uploads
    extractor: Extractor
    work_files: WorkFiles

    def __call__(self, job: Job) -> int:
        """Return the number of characters found. Raises: UnusableDocument, Conflict(superseded)."""
        document = _enter(self.documents, job, "extracting")
        data = self.uploads.read(document, limit_bytes=TEXT_LIMIT_BYTES)
        extracted = self.extractor.extract(data, document.content_type)
        cleaned = Extracted(clean(extracted.blocks), extracted.title)
        key = text_key(job.creator_id, job.document_id, job.version)
        self.work_files.write(key, write_extracted(cleaned))
        return sum(len(block.text) for block in cleaned.blocks)


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """Cuts the text into passages and lays them out in batches."""

    documents: Documents
    work_files: WorkFiles
    size: int = 1000
    overlap: int = 200

    def __call__(self, job: Job) -> tuple[tuple[str, ...], int]:
        """Return the batches' keys and the number of passages. Raises: UnusableDocument(no_text)."""
        document = _enter(self.documents, job, "embedding")
        extracted = read_extracted(self.work_files.read(text_key(job.creator_id, job.document_id, job.version)))
        passages = self._passages(document, extracted)
        if not passages:
            raise UnusableDocument("no_text", "No text was found in this file. Upload one that holds text.")
        keys = []
        for number, start in enumerate(range(0, len(passages), BATCH)):
            keys.append(batch_key(job.creator_id, job.document_id, job.version, number))
            self.work_files.write(keys[-1], write_passages(passages[start : start + BATCH]))
        return tuple(keys), len(passages)

    def _passages(self, document: Document, extracted: Extracted) -> tuple[Passage, ...]:
        title = document.title or extracted.title or PurePosixPath(document.name).stem
        return tuple(
            Passage(
                passage_id=PassageId(f"{document.document_id}:{document.version}:{number:05d}"),
                creator_id=document.creator_id,
                document_id=document.document_id,
                version=document.version,
                title=title,
                text=piece.text,
                place=piece.place,
                start=piece.start,
                end=piece.end,
                metadata=document.metadata,
                later_places=piece.later_places,
            )
            for number, piece in enumerate(split(extracted.blocks, size=self.size, overlap=self.overlap))
        )


@dataclass(frozen=True, slots=True)
class EmbedPassages:
    """Embeds one batch."""

    embedder: Embedder
    work_files: WorkFiles

    def __call__(self, batch: str) -> int:
        """Return how many passages were embedded. Raises: EmbedderUnavailable."""
        passages = read_passages(self.work_files.read(batch))
        vectors = self.embedder.embed([passage.text for passage in passages], "passage")
        self.work_files.write(vectors_key(batch), write_vectors(vectors))
        return len(passages)


@dataclass(frozen=True, slots=True)
class IndexPassages:
    """Stores a version's passages, not visible yet."""

    documents: Documents
    work_files: WorkFiles
    writer: PassageWriter
    embedding_model: str

    def __call__(self, job: Job, batches: Sequence[str]) -> int:
        """Return how many passages were stored.

        Raises: SearchUnavailable; Conflict or NotFound if the document was deleted or replaced meanwhile.
        """
        _require_current(self.documents, job)
        embedded = [passage for batch in batches for passage in self._read(batch)]
        with _withdrawn_if_gone(self.documents, self.writer, job):
            self.writer.stage(job.creator_id, job.document_id, job.version, embedded, self.embedding_model)
            _require_current(self.documents, job)
        return len(embedded)

    def _read(self, batch: str) -> list[EmbeddedPassage]:
        passages = read_passages(self.work_files.read(batch))
        vectors = read_vectors(self.work_files.read(vectors_key(batch)))
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
        with _withdrawn_if_gone(self.documents, self.writer, job):
            if _require_current(self.documents, job).status != "ready":
                self.writer.publish(job.creator_id, job.document_id, job.version)
                until_fresh(lambda: self._mark_ready(job, passages, characters, timings))
        # The bucket deletes what stays behind after some days: no reason to call a document failed that is ready.
        with suppress(Unavailable):
            self.work_files.remove_all(version_folder(job.creator_id, job.document_id, job.version))

    def _mark_ready(self, job: Job, passages: int, characters: int, timings: Mapping[str, int]) -> None:
        document = _require_current(self.documents, job)
        self.documents.save(document.publish(passages=passages, characters=characters, timings=timings))


@dataclass(frozen=True, slots=True)
class FailDocument:
    """Writes on the document's record what went wrong."""

    documents: Documents

    def __call__(self, job: Job, code: str, message: str) -> None:
        """A job that is no longer the current one changes nothing, nor does a document that is gone."""

        def fail() -> None:
            self.documents.save(_require_current(self.documents, job).fail(code, message))

        try:
            until_fresh(fail)
        except NotFound:
            return
        except Conflict as error:
            if error.code == "stale_write":
                raise


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    """Removes passages first, so that no query finds them, then bytes, then the record."""

    documents: Documents
    uploads: Uploads
    work_files: WorkFiles
    writer: PassageWriter

    def __call__(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        """A document that is gone already is no error."""
        try:
            document = self.documents.get(creator_id, document_id)
        except NotFound:
            return
        self.writer.remove(creator_id, document_id)
        self.uploads.remove(document)
        self.work_files.remove_all(folder(creator_id, document_id))
        self.documents.remove(creator_id, document_id)
