"""Whose turn it is: documents wait in line for one of their creator's slots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coaching.errors import NotFound
from coaching.knowledge.document import IN_WORK, Document
from coaching.knowledge.fair_share import SLOTS, Share
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents, DocumentWork, Shares, WaitingLine
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, now


@dataclass(frozen=True, slots=True)
class StartWaiting:
    """Starts the documents of a creator that wait, as many as there are slots.

    Whoever joins the line or frees a slot calls it afterwards, so that no free slot meets a waiting document unseen.
    One that is cut off leaves the document in line, and the next call starts it: starting twice starts once.
    """

    documents: Documents
    line: WaitingLine
    shares: Shares
    work: DocumentWork
    clock: Callable[[], datetime] = now

    def __call__(self, creator_id: CreatorId) -> None:
        """Raises: Unavailable, StaleWrite where too many do the same at once."""
        while jobs := self.line.first(creator_id, limit=SLOTS):
            if not self._served(creator_id, jobs):
                return

    def join(self, document: Document) -> None:
        """Put a document that was received in line, and start what can be started."""
        self.line.join(document.job)
        # Of many uploads at once most find every slot taken, and need not look who is first in line.
        if not self.shares.get(document.creator_id).full_for(document.job, self.clock()):
            self(document.creator_id)

    def _served(self, creator_id: CreatorId, jobs: Sequence[Job]) -> bool:
        """Start the jobs that get a slot, forget those that nobody waits for any more; return whether one left."""
        granted, over = until_fresh(lambda: self._granted(creator_id, jobs))
        for document in granted:
            self.work.start_ingestion(document)
        for job in (*over, *(document.job for document in granted)):
            self.line.leave(job)
        return bool(granted or over)

    def _granted(self, creator_id: CreatorId, jobs: Sequence[Job]) -> tuple[list[Document], list[Job]]:
        """Return the documents that hold a slot now, and the jobs that nobody waits for any more."""
        found = self.shares.get(creator_id)
        share = self._looked_after(found)
        granted: list[Document] = []
        over: list[Job] = []
        for job in jobs:
            taken = share.grant(job, self.clock())
            if not taken.slot_of(job):
                continue
            document = self._received(job)
            if document:
                share = taken
                granted.append(document)
            else:
                over.append(job)
        if share != found:
            self.shares.save(share)
        return granted, over

    def _looked_after(self, share: Share) -> Share:
        """Free the slots of jobs that ended without saying so."""
        for slot in share.slots:
            if slot.until <= self.clock():
                share = share.renew(slot.job, self.clock()) if self._at_work(slot.job) else share.free(slot.job)
        return share

    def _received(self, job: Job) -> Document | None:
        """Return the job's document if the job still waits to be started."""
        document = self._document(job)
        return document if document and document.job == job and document.status == "received" else None

    def _at_work(self, job: Job) -> bool:
        document = self._document(job)
        return document is not None and document.job == job and document.status in IN_WORK

    def _document(self, job: Job) -> Document | None:
        try:
            return self.documents.get(job.creator_id, job.document_id)
        except NotFound:
            return None


@dataclass(frozen=True, slots=True)
class EndIngestion:
    """Gives the slot of a job that ended, well or not, to the next in line."""

    shares: Shares
    start_waiting: StartWaiting

    def __call__(self, job: Job) -> None:
        """A job that holds no slot changes nothing. Raises: Unavailable, StaleWrite."""

        def free() -> None:
            share = self.shares.get(job.creator_id)
            freed = share.free(job)
            if freed is not share:
                self.shares.save(freed)

        until_fresh(free)
        self.start_waiting(job.creator_id)
