"""A document's life."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching.errors import Conflict
from coaching.knowledge.document import STUCK_AFTER, Document, Status
from coaching.vocabulary import CreatorId, DocumentId, now

NEW = Document(
    document_id=DocumentId("01JB0000000000000000000001"),
    creator_id=CreatorId("demo"),
    name="notes.md",
    content_type="text/markdown",
    size_bytes=10,
    created_at=now(),
    updated_at=now(),
)


def test_an_upload_makes_a_version_to_work_on() -> None:
    received = NEW.receive("etag-1")
    assert (received.status, received.version, received.attempt) == ("received", 1, 1)


def test_the_same_bytes_again_change_nothing() -> None:
    received = NEW.receive("etag-1")
    assert received.receive("etag-1") is received


def test_other_bytes_make_the_next_version() -> None:
    assert NEW.receive("etag-1").receive("etag-2").version == 2


def test_a_failed_document_can_be_retried_as_another_attempt_at_the_same_version() -> None:
    retried = NEW.receive("etag-1").fail("corrupt", "It is corrupt.").retry()
    assert (retried.status, retried.version, retried.attempt, retried.error) == ("received", 1, 2, None)


@pytest.mark.parametrize("status", ["awaiting_upload", "extracting", "embedding", "ready", "deleting"])
def test_only_a_failed_document_can_be_retried(status: Status) -> None:
    with pytest.raises(Conflict):
        replace(NEW, status=status, version=1).retry()


def test_a_document_whose_start_was_lost_is_started_again_as_the_same_attempt() -> None:
    received = NEW.receive("etag-1")
    assert received.retry() is received


@pytest.mark.parametrize("status", ["extracting", "embedding"])
def test_a_document_that_did_not_move_for_an_hour_can_be_retried(status: Status) -> None:
    stuck = replace(NEW.receive("etag-1"), status=status, updated_at=now() - STUCK_AFTER - timedelta(seconds=1))
    assert (stuck.retry().status, stuck.retry().attempt) == ("received", 2)


def test_nothing_happens_to_a_document_that_is_being_deleted() -> None:
    going = NEW.receive("etag-1").delete()
    with pytest.raises(Conflict):
        going.receive("etag-2")
    with pytest.raises(Conflict):
        going.enter("extracting")
    assert going.fail("corrupt", "It is corrupt.") is going


def test_only_the_current_attempt_may_work() -> None:
    current = NEW.receive("etag-1").receive("etag-2")
    current.require_current(2, 1)
    with pytest.raises(Conflict) as superseded:
        current.require_current(1, 1)
    assert superseded.value.code == "superseded"
