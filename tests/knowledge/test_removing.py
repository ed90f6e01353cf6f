"""A document goes, and it is read again whether it went."""

from pathlib import Path

import pytest

from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.errors import StillFound
from coaching.knowledge.removing import FailDeletion, RemoveDocument, VerifyRemoval
from coaching.vocabulary import CreatorId, DocumentId
from tests.knowledge.pipeline import DEMO, GUIDE, Pipeline


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path)


class Forgetful(EmbeddedPassages):
    """Says that it removed a document, and did not."""

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        return


def test_a_store_that_did_not_remove_what_it_was_told_to_is_found_out(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.ingest(job)
    store = Forgetful(pipeline.folder)
    RemoveDocument(pipeline.documents, pipeline.uploads, pipeline.work_files, store)(DEMO, job.document_id)
    with pytest.raises(StillFound) as found:
        VerifyRemoval(store)(DEMO, job.document_id)
    assert found.value.code == "still_found"


def test_the_record_stays_until_nothing_is_found_and_says_why(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.ingest(job)
    pipeline.documents.save(pipeline.current(job.document_id).delete())
    FailDeletion(pipeline.documents)(DEMO, job.document_id, "still_found", "2 passages can still be found.")
    kept = pipeline.current(job.document_id)
    assert (kept.status, kept.error and kept.error.code) == ("deleting", "still_found")
    # Asked for again, it starts from the beginning.
    pipeline.delete(job)
    assert pipeline.found("rest days") == []


def test_every_step_can_be_run_twice(pipeline: Pipeline) -> None:
    job = pipeline.upload(GUIDE)
    pipeline.ingest(job)
    pipeline.delete(job)
    pipeline.remove(job)
    FailDeletion(pipeline.documents)(DEMO, job.document_id, "timeout", "It took too long.")
    assert (pipeline.uploads.files, pipeline.work_files.files) == ({}, {})
