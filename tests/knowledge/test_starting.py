"""Whose turn it is: slots per creator, a line, and nobody who is forgotten."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from coaching.adapters.memory.document_work import MemoryDocumentWork
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.fair_share import MemoryShares, MemoryWaitingLine
from coaching.errors import Unavailable
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.fair_share import LEASE, SLOTS
from coaching.knowledge.job import Job
from coaching.knowledge.starting import EndIngestion, StartWaiting
from coaching.knowledge.uploading import ReceiveUpload
from coaching.vocabulary import CreatorId, DocumentId, new_ulid, now

DEMO, OTHER = CreatorId("demo"), CreatorId("demo2")


@dataclass
class World:
    """Uploads, and executions that a test lets end."""

    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    line: MemoryWaitingLine = field(default_factory=MemoryWaitingLine)
    shares: MemoryShares = field(default_factory=MemoryShares)
    work: MemoryDocumentWork = field(default_factory=MemoryDocumentWork)
    moment: datetime = field(default_factory=now)
    ended: set[Job] = field(default_factory=set)
    last_id: str = ""

    @property
    def start_waiting(self) -> StartWaiting:
        return StartWaiting(self.documents, self.line, self.shares, self.work, lambda: self.moment)

    @property
    def receive(self) -> ReceiveUpload:
        return ReceiveUpload(self.documents, self.start_waiting)

    def announce(self, creator_id: CreatorId = DEMO) -> Document:
        at = now()
        self.last_id = new_ulid(after=self.last_id)
        return self.documents.save(Document(DocumentId(self.last_id), creator_id, "a.md", "text/markdown", 9, at, at))

    def upload(self, creator_id: CreatorId = DEMO) -> Document:
        document = self.announce(creator_id)
        return self.receive(creator_id, document.document_id, Arrival("etag", "object", "01"))

    def running(self, creator_id: CreatorId = DEMO) -> list[Job]:
        jobs = (document.job for document in self.work.ingestions.values())
        return [job for job in jobs if job.creator_id == creator_id and job not in self.ended]

    def end(self, job: Job) -> None:
        """Let an execution run to its end."""
        document = self.documents.get(job.creator_id, job.document_id)
        if document.job == job:
            self.documents.save(document.publish(passages=1, characters=1, timings={}))
        self.ended.add(job)
        EndIngestion(self.shares, self.start_waiting)(job)


@pytest.fixture
def world() -> World:
    return World()


def test_so_many_documents_of_a_creator_run_at_once_and_the_others_wait(world: World) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 3)]
    assert [job.document_id for job in world.running()] == [each.document_id for each in uploaded[:SLOTS]]
    assert {world.documents.get(DEMO, each.document_id).status for each in uploaded} == {"received"}


def test_one_that_ends_makes_room_for_the_next_in_line(world: World) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 2)]
    world.end(world.running()[1])
    assert uploaded[SLOTS].job in world.running()
    assert uploaded[SLOTS + 1].job not in world.running()


def test_a_creators_200_uploads_do_not_keep_anothers_waiting(world: World) -> None:
    for _ in range(200):
        world.upload(DEMO)
    late = world.upload(OTHER)
    assert late.job in world.running(OTHER)
    assert len(world.running(DEMO)) == SLOTS


def test_200_uploads_all_come_to_an_end_with_never_more_than_their_share_running(world: World) -> None:
    creators = [CreatorId(f"creator-{number}") for number in range(5)]
    uploaded = [world.upload(creators[number % 5]) for number in range(200)]
    most: Counter[str] = Counter()
    chance = random.Random(7)
    while jobs := [job for creator in creators for job in world.running(creator)]:
        for creator in creators:
            most[creator] = max(most[creator], len(world.running(creator)))
        world.end(chance.choice(jobs))
    assert {world.documents.get(each.creator_id, each.document_id).status for each in uploaded} == {"ready"}
    assert set(most.values()) == {SLOTS}
    assert not any(world.line.first(creator, limit=1) for creator in creators)


def test_uploads_and_ends_at_once_lose_nobody(world: World) -> None:
    documents = [world.announce() for _ in range(60)]

    def receive(document: Document) -> None:
        ReceiveUpload(world.documents, world.start_waiting)(DEMO, document.document_id, Arrival("etag", "o", "01"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(receive, documents))
        while jobs := world.running():
            assert len(jobs) <= SLOTS
            list(pool.map(world.end, jobs))
    assert {world.documents.get(DEMO, each.document_id).status for each in documents} == {"ready"}


def test_an_announcement_that_comes_again_takes_no_second_slot(world: World) -> None:
    document = world.upload()
    for _ in range(3):
        world.receive(DEMO, document.document_id, Arrival("etag", "object", "01"))
    assert len(world.shares.get(DEMO).slots) == len(world.running()) == 1


def test_a_newer_upload_takes_the_slot_of_the_one_that_it_replaces(world: World) -> None:
    uploaded = [world.upload() for _ in range(SLOTS)]
    newer = world.receive(DEMO, uploaded[0].document_id, Arrival("etag-2", "object-2", "02"))
    assert newer.job in world.running()
    world.end(uploaded[0].job)
    assert world.shares.get(DEMO).slot_of(newer.job)


def test_one_whose_start_failed_is_started_by_whoever_comes_next(world: World) -> None:
    class DoesNotStart(MemoryDocumentWork):
        def start_ingestion(self, document: Document) -> None:
            raise Unavailable("The state machine does not answer.")

    document = world.announce()
    broken = replace_work(world, DoesNotStart())
    with pytest.raises(Unavailable):
        ReceiveUpload(world.documents, broken)(DEMO, document.document_id, Arrival("etag", "object", "01"))
    world.upload()
    assert {job.document_id for job in world.running()} >= {document.document_id}
    assert len(world.shares.get(DEMO).slots) == 2


def replace_work(world: World, work: MemoryDocumentWork) -> StartWaiting:
    return StartWaiting(world.documents, world.line, world.shares, work, lambda: world.moment)


def test_a_document_that_is_deleted_while_it_waits_is_passed_over(world: World) -> None:
    uploaded = [world.upload() for _ in range(SLOTS + 2)]
    world.documents.save(world.documents.get(DEMO, uploaded[SLOTS].document_id).delete())
    world.end(world.running()[0])
    assert uploaded[SLOTS].job not in world.running()
    assert uploaded[SLOTS + 1].job in world.running()


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "ended"])
def test_a_slot_whose_holder_died_is_free_once_its_lease_ran_out(world: World, gone: bool) -> None:
    died, *_ = [world.upload() for _ in range(SLOTS)]
    waiting = world.upload()
    # Its end was never told.
    if gone:
        world.documents.remove(DEMO, died.document_id)
    else:
        current = world.documents.get(DEMO, died.document_id)
        world.documents.save(current.publish(passages=1, characters=1, timings={}))
    world.upload()
    assert waiting.job not in world.running()
    world.moment += LEASE + timedelta(seconds=1)
    world.upload()
    assert waiting.job in world.running()


def test_a_slot_whose_holder_is_still_at_work_stays_taken(world: World) -> None:
    for _ in range(SLOTS):
        world.upload()
    world.moment += LEASE + timedelta(seconds=1)
    assert world.upload().job not in world.running()
    assert {slot.until for slot in world.shares.get(DEMO).slots} == {world.moment + LEASE}


def test_what_ends_twice_frees_nothing_twice(world: World) -> None:
    first = world.upload()
    world.end(first.job)
    before = world.shares.get(DEMO)
    EndIngestion(world.shares, world.start_waiting)(first.job)
    assert world.shares.get(DEMO) == before


def test_another_attempt_waits_for_its_turn_like_an_upload(world: World) -> None:
    uploaded = [world.upload() for _ in range(SLOTS)]
    failed = world.documents.save(world.documents.get(DEMO, uploaded[0].document_id).fail("corrupt", "It is."))
    EndIngestion(world.shares, world.start_waiting)(uploaded[0].job)
    world.upload()
    retried = world.documents.save(failed.retry())
    world.start_waiting.join(retried)
    assert retried.job not in world.running()
    world.end(uploaded[1].job)
    assert retried.job in world.running()
