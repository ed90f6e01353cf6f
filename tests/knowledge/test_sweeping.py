"""Nothing stays stuck: what a sweep does with a document that has not moved."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads
from coaching.errors import StorageUnavailable, Unavailable
from coaching.knowledge.document import IN_LINE, PATIENCE, STUCK_AFTER, Document, Status
from coaching.knowledge.fair_share import SLOTS
from coaching.knowledge.starting import EndIngestion
from coaching.knowledge.sweeping import AT_ONCE, SweepDocuments
from coaching.vocabulary import CreatorId, DocumentId
from tests.knowledge.test_starting import DEMO, OTHER, World


@dataclass
class SweptWorld(World):
    uploads: MemoryUploads = field(default_factory=MemoryUploads)

    def sweep(self) -> dict[str, int]:
        end = EndIngestion(self.shares, self.start_waiting)
        sweeping = SweepDocuments(
            self.documents, self.documents, self.uploads, self.shares, self.receive, end, self.work, lambda: self.moment
        )
        return {str(outcome): count for outcome, count in sweeping().items()}

    def current(self, document: Document) -> Document:
        return self.documents.get(document.creator_id, document.document_id)

    def age(self, document: Document, by: timedelta, **changes: object) -> Document:
        """Make the document one that last moved so long ago."""
        return self.documents.save(replace(self.current(document), updated_at=self.moment - by, **changes))  # type: ignore[arg-type]


@pytest.fixture
def world() -> SweptWorld:
    return SweptWorld()


@pytest.mark.parametrize("status", ["extracting", "embedding"])
def test_one_that_does_not_move_fails_with_a_reason_and_can_be_retried(world: SweptWorld, status: Status) -> None:
    document = world.age(world.upload(), PATIENCE[status], status=status)
    assert world.sweep() == {"stuck": 1}
    failed = world.current(document)
    assert (failed.status, failed.error and failed.error.code) == ("failed", "stuck")
    assert failed.retry().attempt == 2


def test_its_slot_goes_to_the_next_in_line(world: SweptWorld) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 1)]
    world.age(uploaded[0], PATIENCE["embedding"], status="embedding")
    world.sweep()
    assert uploaded[-1].job in world.running()


@pytest.mark.parametrize("status", list(PATIENCE))
def test_one_that_moved_of_late_is_left_alone(world: SweptWorld, status: Status) -> None:
    document = world.age(world.upload(), PATIENCE[status] - timedelta(seconds=1), status=status)
    assert world.sweep() == {}
    assert world.current(document).status == status


def test_one_whose_start_was_lost_is_started(world: SweptWorld) -> None:
    document = world.announce()
    # Whoever received it stopped before it joined the line.
    received = document.receive(world.uploads.receive(document, b"data"))
    world.age(world.documents.save(received), PATIENCE["received"])
    assert world.sweep() == {"waiting": 1}
    assert [job.document_id for job in world.running()] == [document.document_id]


def test_one_that_waits_in_line_for_long_goes_on_waiting(world: SweptWorld) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 1)]
    world.age(uploaded[-1], timedelta(hours=5))
    assert world.sweep() == {"waiting": 1}
    assert world.current(uploaded[-1]).status == "received"
    # It is looked at again later, and keeps nobody from being looked at until then.
    assert world.sweep() == {}


def test_one_that_was_started_and_never_began_fails(world: SweptWorld) -> None:
    document = world.upload()
    world.moment += STUCK_AFTER + timedelta(minutes=1)
    assert world.sweep() == {"stuck": 1}
    assert world.current(document).status == "failed"
    assert world.shares.get(DEMO).slots == ()


def test_a_creators_long_line_hides_nobody_who_is_stuck(world: SweptWorld) -> None:
    for document in [world.upload() for _ in range(AT_ONCE + SLOTS)][SLOTS:]:
        world.age(document, timedelta(days=2))
    stuck = world.age(world.upload(OTHER), PATIENCE["embedding"], status="embedding")
    assert world.sweep()["stuck"] == 1
    assert world.current(stuck).status == "failed"


def test_one_found_in_line_is_not_looked_at_again_for_long(world: SweptWorld) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 1)][-1]
    world.age(uploaded, PATIENCE["received"])
    assert world.sweep() == {"waiting": 1}
    due_at = world.current(uploaded).due_at
    assert due_at is not None
    assert due_at - world.moment >= IN_LINE


def test_a_record_that_cannot_be_read_is_counted_and_keeps_nobody_waiting(
    world: SweptWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.documents = broken = Unreadable()
    lost = world.age(world.upload(OTHER), PATIENCE["embedding"] * 2, status="embedding")
    stuck = world.age(world.upload(), PATIENCE["embedding"], status="embedding")
    broken.unreadable.add(lost.document_id)
    assert world.sweep() == {"unreadable": 1, "stuck": 1}
    assert world.current(stuck).status == "failed"
    assert lost.document_id in caplog.text
    assert "my secret plan" not in caplog.text


def test_one_that_nothing_was_uploaded_for_fails_after_a_day(world: SweptWorld) -> None:
    document = world.age(world.announce(), timedelta(days=1))
    assert world.sweep() == {"not_uploaded": 1}
    assert (world.current(document).status, world.current(document).version) == ("failed", 0)


def test_an_upload_that_nobody_announced_is_found(world: SweptWorld) -> None:
    document = world.announce()
    world.uploads.receive(document, b"data")
    world.age(document, timedelta(days=1))
    assert world.sweep() == {"found": 1}
    assert [job.document_id for job in world.running()] == [document.document_id]
    # Its announcement comes after all.
    world.receive(DEMO, document.document_id, replace(world.uploads.last(document), sequencer="01"))
    assert world.current(document).version == 1


def test_a_deletion_that_was_lost_is_started_again(world: SweptWorld) -> None:
    document = world.upload()
    world.age(document, STUCK_AFTER, status="deleting")
    assert world.sweep() == {"deleting": 1}
    assert [deleted.document_id for deleted in world.work.deletions.values()] == [document.document_id]
    assert world.sweep() == {}


def test_a_deletion_that_failed_is_left_to_a_person(world: SweptWorld) -> None:
    document = world.upload()
    world.documents.save(world.current(document).delete().fail_deletion("still_found", "It is still found."))
    world.moment += timedelta(days=3)
    assert world.sweep() == {}


def test_what_is_known_of_an_index_that_lags_behind_is_looked_up(world: SweptWorld) -> None:
    document = world.age(world.upload(), PATIENCE["embedding"], status="embedding")
    lagging = world.documents.due(world.moment, limit=9)
    world.documents.save(replace(world.current(document), status="ready"))

    class Lagging:
        def due(self, at: datetime, *, limit: int) -> object:
            return lagging

    end = EndIngestion(world.shares, world.start_waiting)
    sweeping = SweepDocuments(
        Lagging(),  # type: ignore[arg-type]
        world.documents,
        world.uploads,
        world.shares,
        world.receive,
        end,
        world.work,
    )
    assert sweeping() == {"moved": 1}
    assert world.current(document).status == "ready"


def test_one_that_cannot_be_looked_after_keeps_nobody_else_from_it(world: SweptWorld) -> None:
    class Broken(MemoryUploads):
        def last(self, document: Document) -> object:  # type: ignore[override]
            raise StorageUnavailable("The storage does not answer.")

    world.uploads = Broken()
    world.age(world.announce(OTHER), timedelta(days=2))
    stuck = world.age(world.upload(), PATIENCE["embedding"], status="embedding")
    with pytest.raises(Unavailable):
        world.sweep()
    assert world.current(stuck).status == "failed"


@dataclass(frozen=True)
class Unreadable(MemoryDocuments):
    """Holds a record that was written otherwise than it is read."""

    unreadable: set[DocumentId] = field(default_factory=set)

    def get(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        if document_id in self.unreadable:
            TypeAdapter(int).validate_python("my secret plan")
        return super().get(creator_id, document_id)
