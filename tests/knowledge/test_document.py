"""A document's life."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching.errors import Conflict
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import PATIENCE, Document, Status
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
FIRST = Arrival("etag-1", "object-1", "0A", 20)
SECOND = Arrival("etag-2", "object-2", "0B", 30)


def test_an_upload_makes_a_version_to_work_on() -> None:
    received = NEW.receive(FIRST)
    assert (received.status, received.version, received.attempt) == ("received", 1, 1)
    assert (received.etag, received.object_version, received.size_bytes) == ("etag-1", "object-1", 20)


def test_an_announcement_that_came_before_changes_nothing() -> None:
    received = NEW.receive(FIRST)
    assert received.receive(FIRST) is received
    assert received.fail("corrupt", "It is corrupt.").receive(FIRST).status == "failed"


def test_the_same_bytes_sent_again_are_no_new_version() -> None:
    received = NEW.receive(FIRST)
    again = received.receive(replace(FIRST, object_version="object-9", sequencer="0C"))
    assert (again.version, again.attempt, again.status) == (1, 1, "received")
    # They are the last upload all the same: what came between them and the first is overtaken.
    assert again.receive(SECOND) is again


def test_the_same_bytes_sent_again_after_a_failure_are_another_attempt() -> None:
    failed = NEW.receive(FIRST).fail("corrupt", "It is corrupt.")
    again = failed.receive(replace(FIRST, sequencer="0C"))
    assert (again.status, again.version, again.attempt, again.error) == ("received", 1, 2, None)


def test_the_upload_that_was_made_last_counts_whichever_is_announced_last() -> None:
    newer = NEW.receive(SECOND)
    assert newer.receive(FIRST) is newer


@pytest.mark.parametrize(("earlier", "later"), [("0A", "0B"), ("0A", "0A1"), ("09FF", "0A"), ("", "01")])
def test_uploads_are_in_the_order_of_their_sequencers(earlier: str, later: str) -> None:
    assert not Arrival("etag", sequencer=later).overtaken_by(earlier)
    assert Arrival("etag", sequencer=later).overtaken_by(later)
    assert not earlier or Arrival("etag", sequencer=earlier).overtaken_by(later)


def test_an_upload_whose_place_in_the_order_is_unknown_is_received_where_it_can_beat_none() -> None:
    found = NEW.receive(Arrival("etag-3"))
    assert found.version == 1
    received = found.receive(SECOND)
    assert received.version == 2
    # It was looked up before the other was announced: it may be older.
    assert received.receive(Arrival("etag-3")) is received


def test_an_order_that_is_known_is_not_forgotten() -> None:
    assert NEW.receive(SECOND).receive(replace(SECOND, sequencer="")).sequencer == "0B"


def test_what_a_document_waited_for_is_forgotten_when_work_goes_on() -> None:
    waiting = NEW.receive(FIRST).enter("embedding").wait("embedder_unavailable", "It is silent.")
    assert waiting.enter("embedding").waiting is None


def test_other_bytes_make_the_next_version() -> None:
    assert NEW.receive(FIRST).receive(SECOND).version == 2


def test_a_failed_document_can_be_retried_as_another_attempt_at_the_same_version() -> None:
    retried = NEW.receive(FIRST).fail("corrupt", "It is corrupt.").retry()
    assert (retried.status, retried.version, retried.attempt, retried.error) == ("received", 1, 2, None)


@pytest.mark.parametrize("status", ["awaiting_upload", "extracting", "embedding", "ready", "deleting"])
def test_only_a_failed_document_can_be_retried(status: Status) -> None:
    with pytest.raises(Conflict):
        replace(NEW, status=status, version=1).retry()


def test_a_document_whose_start_was_lost_is_started_again_as_the_same_attempt() -> None:
    received = NEW.receive(FIRST)
    assert received.retry() is received


@pytest.mark.parametrize("status", ["extracting", "embedding"])
def test_a_document_that_did_not_move_for_too_long_can_be_retried(status: Status) -> None:
    stuck = replace(NEW.receive(FIRST), status=status, updated_at=now() - PATIENCE[status] - timedelta(seconds=1))
    assert (stuck.retry().status, stuck.retry().attempt) == ("received", 2)


def test_nothing_happens_to_a_document_that_is_being_deleted() -> None:
    going = NEW.receive(FIRST).delete()
    with pytest.raises(Conflict):
        going.receive(SECOND)
    with pytest.raises(Conflict):
        going.enter("extracting")
    assert going.fail("corrupt", "It is corrupt.") is going


def test_only_the_current_attempt_may_work() -> None:
    current = NEW.receive(FIRST).receive(SECOND)
    current.require_current(2, 1)
    with pytest.raises(Conflict) as superseded:
        current.require_current(1, 1)
    assert superseded.value.code == "superseded"


def test_an_attempt_that_was_given_up_may_not_go_on() -> None:
    with pytest.raises(Conflict):
        NEW.receive(FIRST).fail("stuck", "It stopped.").require_current(1, 1)


@pytest.mark.parametrize("status", PATIENCE)
def test_a_document_that_can_get_lost_is_due_some_time_after_it_last_moved(status: Status) -> None:
    document = replace(NEW, status=status)
    assert document.due_at == document.updated_at + PATIENCE[status]
    assert document.look().due_at > document.due_at + timedelta(0)  # type: ignore[operator]


@pytest.mark.parametrize("document", [
    replace(NEW, status="ready"), replace(NEW, status="failed"), NEW.delete().fail_deletion("still_found", "It is."),
])  # fmt: skip
def test_a_document_that_came_to_an_end_is_never_due(document: Document) -> None:
    assert document.due_at is None


def test_speech_is_given_time() -> None:
    text, speech = replace(NEW, status="extracting"), replace(NEW, status="extracting", content_type="audio/mpeg")
    assert text.due_at
    assert speech.due_at
    assert speech.due_at > text.due_at


def test_a_deletion_that_failed_says_why_until_it_is_asked_for_again() -> None:
    failed = NEW.delete().fail_deletion("still_found", "Passages can still be found.")
    assert (failed.status, failed.error and failed.error.code) == ("deleting", "still_found")
    assert failed.delete().error is None


def test_what_a_document_waits_for_is_said_until_it_goes_on() -> None:
    waiting = NEW.receive(FIRST).wait("embedder_unavailable", "It goes on by itself.")
    assert waiting.waiting
    ends = (
        waiting.publish(passages=1, characters=1, timings={}),
        waiting.fail("corrupt", "It is corrupt."),
        waiting.delete(),
        waiting.receive(SECOND),
        waiting.fail("corrupt", "It is corrupt.").retry(),
    )
    assert [end.waiting for end in ends] == [None] * 5
