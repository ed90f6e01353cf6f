"""A document's way in and out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from coaching.adapters.memory.document_work import MemoryDocumentWork
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.fair_share import MemoryShares, MemoryWaitingLine
from coaching.adapters.memory.files import MemoryUploads
from coaching.errors import Conflict, Invalid, NotFound, StaleWrite, TooLarge, Unavailable, UnsupportedType
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.content_types import TEXT_LIMIT_BYTES
from coaching.knowledge.document import Document
from coaching.knowledge.ports import UploadPart, UploadPermit
from coaching.knowledge.starting import StartWaiting
from coaching.knowledge.uploading import (
    AnnounceDocument,
    DeleteDocument,
    PermitVersion,
    ReceiveUpload,
    RetryDocument,
    TakeUpload,
)
from coaching.vocabulary import CreatorId, DocumentId, now

DEMO = CreatorId("demo")
OTHER = CreatorId("demo2")


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments()


@pytest.fixture
def work() -> MemoryDocumentWork:
    return MemoryDocumentWork()


FIRST = Arrival("etag-1", "object-1", "01")


def starting(documents: MemoryDocuments, work: MemoryDocumentWork) -> StartWaiting:
    return StartWaiting(documents, MemoryWaitingLine(), MemoryShares(), work)


def announce(
    documents: MemoryDocuments, *, name: str = "notes.md", content_type: str = "text/markdown", size_bytes: int = 10
) -> Document:
    announcing = AnnounceDocument(documents, MemoryUploads())
    return announcing(DEMO, name=name, title="", content_type=content_type, size_bytes=size_bytes, metadata={})[0]


def test_a_document_awaits_its_upload(documents: MemoryDocuments) -> None:
    document = announce(documents)
    assert documents.get(DEMO, document.document_id).status == "awaiting_upload"


@pytest.mark.parametrize(
    "name", ["../secrets.md", "a/b.md", "..", ".", "a\\b.md", "bad\x00name.md", "line\nbreak.md", "  ", "\u202egpj.md"]
)
def test_a_name_that_is_a_path_is_refused(documents: MemoryDocuments, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        announce(documents, name=name)
    assert list(refused.value.fields) == ["/name"]


def test_a_name_may_have_spaces_and_any_script(documents: MemoryDocuments) -> None:
    assert announce(documents, name="Übung für März (2).md").name == "Übung für März (2).md"


def test_a_type_that_is_not_handled_is_refused(documents: MemoryDocuments) -> None:
    with pytest.raises(UnsupportedType):
        announce(documents, content_type="image/png")


def test_26_megabytes_are_refused_and_25_are_not(documents: MemoryDocuments) -> None:
    announce(documents, size_bytes=TEXT_LIMIT_BYTES)
    with pytest.raises(TooLarge):
        announce(documents, size_bytes=26 * 1024 * 1024)


def test_the_same_upload_event_three_times_starts_one_ingestion(
    documents: MemoryDocuments, work: MemoryDocumentWork
) -> None:
    document = announce(documents)
    for _ in range(3):
        ReceiveUpload(documents, starting(documents, work))(DEMO, document.document_id, FIRST)
    assert list(work.ingestions) == [(document.document_id, 1, 1)]


def test_an_upload_whose_starter_stopped_half_way_is_started_by_the_next_event(
    documents: MemoryDocuments, work: MemoryDocumentWork
) -> None:
    document = announce(documents)
    documents.save(document.receive(FIRST))
    ReceiveUpload(documents, starting(documents, work))(DEMO, document.document_id, FIRST)
    assert list(work.ingestions) == [(document.document_id, 1, 1)]


def test_an_upload_without_a_document_is_not_found(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    with pytest.raises(NotFound):
        ReceiveUpload(documents, starting(documents, work))(DEMO, DocumentId("01JB0000000000000000000001"), FIRST)
    assert not work.ingestions


def test_an_upload_of_another_creator_is_not_found(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    document = announce(documents)
    with pytest.raises(NotFound):
        ReceiveUpload(documents, starting(documents, work))(OTHER, document.document_id, FIRST)


def test_a_failed_document_is_retried_under_a_new_attempt(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    document = documents.save(announce(documents).receive(FIRST).fail("corrupt", "It is corrupt."))
    RetryDocument(documents, starting(documents, work))(DEMO, document.document_id)
    assert list(work.ingestions) == [(document.document_id, 1, 2)]


def test_a_retry_whose_start_failed_can_be_asked_for_again(documents: MemoryDocuments) -> None:
    document = documents.save(announce(documents).receive(FIRST).fail("corrupt", "It is corrupt."))
    with pytest.raises(Unavailable):
        RetryDocument(documents, starting(documents, DoesNotStart()))(DEMO, document.document_id)
    work = MemoryDocumentWork()
    RetryDocument(documents, starting(documents, work))(DEMO, document.document_id)
    assert list(work.ingestions) == [(document.document_id, 1, 2)]


class DoesNotStart(MemoryDocumentWork):
    def start_ingestion(self, document: Document) -> None:
        raise Unavailable("The state machine does not answer.")


def test_a_document_that_did_not_fail_is_not_retried(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    with pytest.raises(Conflict):
        RetryDocument(documents, starting(documents, work))(DEMO, announce(documents).document_id)


def test_deleting_again_starts_the_deletion_again_in_case_it_failed(
    documents: MemoryDocuments, work: MemoryDocumentWork
) -> None:
    document = announce(documents)
    deleting = DeleteDocument(documents, work)
    assert deleting(DEMO, document.document_id).status == "deleting"
    assert deleting(DEMO, document.document_id).status == "deleting"
    assert len(work.deletions) == 2


def test_a_document_of_another_creator_is_not_deleted(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    document = announce(documents)
    with pytest.raises(NotFound):
        DeleteDocument(documents, work)(OTHER, document.document_id)
    assert documents.get(DEMO, document.document_id).status == "awaiting_upload"


def test_the_next_version_is_permitted_at_its_own_size(documents: MemoryDocuments) -> None:
    ready = documents.save(announce(documents).receive(FIRST).publish(passages=1, characters=1, timings={}))
    document, permit = PermitVersion(documents, MemoryUploads())(DEMO, ready.document_id, size_bytes=99)
    assert permit.url.endswith(f"/{ready.document_id}/notes.md")
    # Until other bytes arrive, the document is what it was.
    assert document == documents.get(DEMO, ready.document_id) == ready


def test_the_next_version_of_a_document_that_is_going_is_refused(documents: MemoryDocuments) -> None:
    going = documents.save(announce(documents).delete())
    with pytest.raises(Conflict):
        PermitVersion(documents, MemoryUploads())(DEMO, going.document_id, size_bytes=9)


def test_a_permit_for_parts_changes_nothing_but_which_parts_can_be_completed(documents: MemoryDocuments) -> None:
    ready = documents.save(announce(documents).receive(FIRST).publish(passages=1, characters=9, timings={}))
    noted, _ = PermitVersion(documents, PermitsParts())(DEMO, ready.document_id, size_bytes=99)
    assert noted == replace(ready, upload_id="parts", upload_bytes=99, revision=noted.revision)
    # A permit for the whole file takes the place of that for its parts.
    whole, _ = PermitVersion(documents, MemoryUploads())(DEMO, ready.document_id, size_bytes=9)
    assert (whole.upload_id, whole.upload_bytes) == ("", 0)


def test_a_document_that_is_deleted_while_its_permit_is_made_stays_as_it_is(documents: MemoryDocuments) -> None:
    document = announce(documents)
    uploads = PermitsParts(meanwhile=lambda: documents.save(documents.get(DEMO, document.document_id).delete()))
    with pytest.raises(Conflict):
        PermitVersion(documents, uploads)(DEMO, document.document_id, size_bytes=99)
    assert documents.get(DEMO, document.document_id).upload_id == ""


@pytest.mark.parametrize("gone", ["deleting", "forgotten"])
def test_what_is_uploaded_for_a_document_that_is_gone_does_not_stay(
    documents: MemoryDocuments, work: MemoryDocumentWork, gone: str
) -> None:
    uploads = MemoryUploads()
    document, other = announce(documents), announce(documents)
    for each in (document, other):
        uploads.receive(each, b"data")
    documents.save(document.delete())
    if gone == "forgotten":
        documents.remove(DEMO, document.document_id)
    taking = TakeUpload(documents, ReceiveUpload(documents, starting(documents, work)), uploads)
    with pytest.raises((NotFound, Conflict)):
        taking(DEMO, document.document_id, FIRST)
    assert [place[1] for place in uploads.files] == [other.document_id]


def test_what_cannot_be_received_just_now_stays(documents: MemoryDocuments, work: MemoryDocumentWork) -> None:
    uploads = MemoryUploads()
    document = announce(documents)
    uploads.receive(document, b"data")

    class Contended(ReceiveUpload):
        def __call__(self, *_: object) -> Document:
            raise StaleWrite("Somebody else wrote first.")

    with pytest.raises(StaleWrite):
        TakeUpload(documents, Contended(documents, starting(documents, work)), uploads)(
            DEMO, document.document_id, FIRST
        )
    assert uploads.files


def test_the_next_version_has_the_same_limit(documents: MemoryDocuments) -> None:
    with pytest.raises(TooLarge):
        PermitVersion(documents, MemoryUploads())(
            DEMO, announce(documents).document_id, size_bytes=TEXT_LIMIT_BYTES + 1
        )


def test_events_out_of_order_end_with_the_upload_that_was_made_last(
    documents: MemoryDocuments, work: MemoryDocumentWork
) -> None:
    document = announce(documents)
    receiving = ReceiveUpload(documents, starting(documents, work))
    for arrival in (Arrival("etag-2", "object-2", "02"), FIRST, Arrival("etag-2", "object-2", "02")):
        receiving(DEMO, document.document_id, arrival)
    received = documents.get(DEMO, document.document_id)
    assert (received.version, received.etag, received.object_version) == (1, "etag-2", "object-2")
    assert list(work.ingestions) == [(document.document_id, 1, 1)]


@dataclass(frozen=True)
class PermitsParts(MemoryUploads):
    """Permits every file in one part; something may happen while it does."""

    meanwhile: Callable[[], object] = lambda: None

    def permit(self, document: Document) -> UploadPermit:
        self.meanwhile()
        parts = (UploadPart(1, document.size_bytes, "memory://part"),)
        return UploadPermit("", {}, now(), parts, "parts")
