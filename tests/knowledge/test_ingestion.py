"""From bytes to passages, step by step, with real extraction, splitting and store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.extraction import FileExtractor
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads, MemoryWorkFiles
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.errors import Conflict, NotFound, StorageUnavailable, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ingestion import (
    BATCH,
    EmbedPassages,
    ExtractDocument,
    FailDocument,
    IndexPassages,
    Job,
    PublishDocument,
    RemoveDocument,
    SplitDocument,
)
from coaching.knowledge.ports import EmbeddedPassage
from coaching.knowledge.search import SearchPassages
from coaching.knowledge.work import read_extracted, text_key
from coaching.vocabulary import CreatorId, DocumentId, now

DEMO = CreatorId("demo")
GUIDE = b"# Rest days\n\nTake two rest days a week.\n\n# Long runs\n\nThe long run grows by ten percent a week.\n"


@dataclass
class Pipeline:
    """The steps over in-memory storage, run as the state machine runs them."""

    folder: Path
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    work_files: MemoryWorkFiles = field(default_factory=MemoryWorkFiles)
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    def __post_init__(self) -> None:
        self.store = EmbeddedPassages(self.folder)
        self.publishing = PublishDocument(self.documents, self.work_files, self.store)
        self.removing = RemoveDocument(self.documents, self.uploads, self.work_files, self.store)

    def upload(self, data: bytes, *, content_type: str = "text/markdown", etag: str = "etag-1") -> Job:
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
        return self.replace(document, data, etag=etag)

    def replace(self, document: Document, data: bytes, *, etag: str) -> Job:
        self.uploads.receive(document, data)
        received = self.documents.save(self.current(document.document_id).receive(etag))
        return Job(DEMO, received.document_id, received.version, received.attempt)

    def current(self, document_id: DocumentId) -> Document:
        return self.documents.get(DEMO, document_id)

    def stage(self, job: Job) -> tuple[int, int]:
        characters = ExtractDocument(self.documents, self.uploads, FileExtractor(), self.work_files)(job)
        batches, passages = SplitDocument(self.documents, self.work_files)(job)
        for batch in batches:
            EmbedPassages(self.embedder, self.work_files)(batch)
        IndexPassages(self.documents, self.work_files, self.store, self.embedder.model)(job, batches)
        return passages, characters

    def ingest(self, job: Job) -> None:
        passages, characters = self.stage(job)
        self.publishing(job, passages=passages, characters=characters, timings={})

    def found(self, text: str) -> list[str]:
        passages = SearchPassages(self.embedder, self.store)(DEMO, text).passages
        return [found.passage.text for found in passages]


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path)


def test_a_document_becomes_ready_and_its_passages_are_found(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.ingest(job)
    ready = pipeline.current(job.document_id)
    assert (ready.status, ready.passages, ready.error) == ("ready", 1, None)
    assert "two rest days" in pipeline.found("How many rest days?")[0]


def test_a_passage_stands_in_the_document_at_its_span_with_title_place_and_metadata(pipeline: Pipeline) -> None:
    job = pipeline.upload(b"# Plan\n\n" + b"\n\n".join(b"Week %d has a long run on Sunday." % n for n in range(200)))
    passages, _ = pipeline.stage(job)
    from coaching.knowledge.split import document_text

    text = document_text(read_extracted(pipeline.work_files.read(text_key(DEMO, job.document_id, job.version))).blocks)
    pipeline.publishing(job, passages=passages, characters=len(text), timings={})
    found = SearchPassages(pipeline.embedder, pipeline.store)(DEMO, "long run", k=50).passages
    assert len(found) == passages > 5
    for passage in (scored.passage for scored in found):
        assert text[passage.start : passage.end] == passage.text
        assert (passage.title, passage.place.heading, passage.metadata) == ("Plan", ("Plan",), {"topic": "running"})


def test_nothing_is_found_before_it_is_published(pipeline: Pipeline) -> None:
    pipeline.stage(pipeline.upload(GUIDE))
    assert pipeline.found("rest days") == []


def test_a_new_version_takes_the_place_of_the_old(pipeline: Pipeline) -> None:
    first = pipeline.upload(GUIDE)
    pipeline.ingest(first)
    second = pipeline.replace(pipeline.current(first.document_id), b"Sleep nine hours.", etag="etag-2")
    pipeline.ingest(second)
    assert pipeline.found("rest days sleep") == ["Sleep nine hours."]


def test_every_step_can_be_run_twice(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.stage(job)
    passages, characters = pipeline.stage(job)
    for _ in range(2):
        pipeline.publishing(job, passages=passages, characters=characters, timings={})
    assert len(pipeline.found("rest days")) == 1


def test_a_superseded_job_stops_and_changes_nothing(pipeline: Pipeline) -> None:
    old = pipeline.upload(GUIDE)
    new = pipeline.replace(pipeline.current(old.document_id), b"Sleep nine hours.", etag="etag-2")
    with pytest.raises(Conflict) as superseded:
        pipeline.stage(old)
    assert superseded.value.code == "superseded"
    FailDocument(pipeline.documents)(old, "superseded", "A newer upload took over.")
    assert pipeline.current(new.document_id).status == "received"


def test_a_document_without_a_passage_is_unusable(pipeline: Pipeline) -> None:
    with pytest.raises(UnusableDocument) as unusable:
        pipeline.stage(pipeline.upload(b"<html><body><p hidden>only this</p></body></html>", content_type="text/html"))
    assert unusable.value.code == "no_text"


def test_a_file_over_the_limit_is_unusable_whatever_was_announced(pipeline: Pipeline) -> None:
    with pytest.raises(UnusableDocument) as unusable:
        pipeline.stage(pipeline.upload(b"a" * (26 * 1024 * 1024), content_type="text/plain"))
    assert unusable.value.code == "too_large"


def test_a_failure_stands_on_the_record_for_its_creator(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    FailDocument(pipeline.documents)(job, "corrupt", "This file is damaged; export it again.")
    failed = pipeline.current(job.document_id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert (failed.error.code, failed.error.message) == ("corrupt", "This file is damaged; export it again.")


def test_many_passages_are_embedded_in_batches(pipeline: Pipeline) -> None:
    job = pipeline.upload(b"\n\n".join(b"Sentence number %d about running slowly and long." % n for n in range(2_000)))
    ExtractDocument(pipeline.documents, pipeline.uploads, FileExtractor(), pipeline.work_files)(job)
    batches, passages = SplitDocument(pipeline.documents, pipeline.work_files)(job)
    assert len(batches) == -(-passages // BATCH) > 1


def test_a_deleted_document_leaves_nothing(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.ingest(job)
    pipeline.documents.save(pipeline.current(job.document_id).delete())
    for _ in range(2):
        pipeline.removing(DEMO, job.document_id)
    assert pipeline.found("rest days") == []
    assert (pipeline.uploads.files, pipeline.work_files.files) == ({}, {})
    with pytest.raises(NotFound):
        pipeline.current(job.document_id)


@pytest.mark.parametrize("when", ["marked", "gone"])
def test_a_document_deleted_during_its_ingestion_does_not_come_back(pipeline: Pipeline, when: str) -> None:
    job = pipeline.upload(GUIDE)
    passages, characters = pipeline.stage(job)
    pipeline.documents.save(pipeline.current(job.document_id).delete())
    if when == "gone":
        pipeline.removing(DEMO, job.document_id)
    with pytest.raises((Conflict, NotFound)):
        pipeline.publishing(job, passages=passages, characters=characters, timings={})
    assert pipeline.found("rest days") == []


def test_a_deletion_in_the_midst_of_publishing_withdraws_the_passages(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    passages, characters = pipeline.stage(job)
    store = DeletesAfterPublishing(pipeline.store, lambda: pipeline.documents.remove(DEMO, job.document_id))
    publishing = PublishDocument(pipeline.documents, pipeline.work_files, store)
    with pytest.raises(NotFound):
        publishing(job, passages=passages, characters=characters, timings={})
    assert pipeline.found("rest days") == []


def test_a_document_deleted_while_its_passages_are_stored_leaves_nothing_in_the_store(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.store = DeletesAfterStaging(pipeline.store, lambda: pipeline.documents.remove(DEMO, job.document_id))
    with pytest.raises(NotFound):
        pipeline.stage(job)
    assert not list(pipeline.folder.glob("*/*/"))


def test_publishing_leaves_the_work_of_a_newer_version_alone(pipeline: Pipeline) -> None:
    old = pipeline.upload(GUIDE)
    passages, characters = pipeline.stage(old)
    newer = text_key(DEMO, old.document_id, 2)
    pipeline.work_files.write(newer, b"{}")
    pipeline.publishing(old, passages=passages, characters=characters, timings={})
    assert list(pipeline.work_files.files) == [newer]


def test_work_that_cannot_be_tidied_up_does_not_fail_the_document(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    passages, characters = pipeline.stage(job)
    publishing = PublishDocument(pipeline.documents, CannotDelete(pipeline.work_files.files), pipeline.store)
    for _ in range(2):
        publishing(job, passages=passages, characters=characters, timings={})
    assert pipeline.current(job.document_id).status == "ready"


class CannotDelete(MemoryWorkFiles):
    def remove_all(self, prefix: str) -> None:
        raise StorageUnavailable("Some files could not be deleted.")


class DeletesAfterStaging(EmbeddedPassages):
    """Lets something happen between the staging and what follows it."""

    def __init__(self, store: EmbeddedPassages, meanwhile: Callable[[], None]) -> None:
        super().__init__(store._folder)
        self._meanwhile = meanwhile

    def stage(
        self,
        creator_id: CreatorId,
        document_id: DocumentId,
        version: int,
        passages: Sequence[EmbeddedPassage],
        embedding_model: str,
    ) -> None:
        super().stage(creator_id, document_id, version, passages, embedding_model)
        self._meanwhile()


class DeletesAfterPublishing(EmbeddedPassages):
    """Lets something happen between the publication and what follows it."""

    def __init__(self, store: EmbeddedPassages, meanwhile: Callable[[], None]) -> None:
        super().__init__(store._folder)
        self._meanwhile = meanwhile

    def publish(self, creator_id: CreatorId, document_id: DocumentId, version: int) -> None:
        super().publish(creator_id, document_id, version)
        self._meanwhile()
