"""Who runs and who waits, in memory."""

from dataclasses import dataclass, field

from coaching.adapters.memory.rows import MemoryRows, saved
from coaching.errors import NotFound
from coaching.knowledge.fair_share import Share
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Shares, WaitingLine
from coaching.vocabulary import CreatorId


@dataclass(frozen=True, slots=True)
class MemoryShares(Shares):
    rows: MemoryRows[Share] = field(default_factory=lambda: MemoryRows("share"))

    def get(self, creator_id: CreatorId) -> Share:
        try:
            return self.rows.get((creator_id,), "share")
        except NotFound:
            return Share(creator_id)

    def save(self, share: Share) -> Share:
        return saved(self.rows, (share.creator_id,), "share", share)


@dataclass(frozen=True, slots=True)
class MemoryWaitingLine(WaitingLine):
    rows: MemoryRows[Job] = field(default_factory=lambda: MemoryRows("line"))

    def join(self, job: Job) -> None:
        with self.rows.alone((job.creator_id,)) as line:
            line[_place(job)] = job

    def first(self, creator_id: CreatorId, *, limit: int) -> tuple[Job, ...]:
        with self.rows.alone((creator_id,)) as line:
            return tuple(line[place] for place in sorted(line)[:limit])

    def leave(self, job: Job) -> None:
        with self.rows.alone((job.creator_id,)) as line:
            line.pop(_place(job), None)


def _place(job: Job) -> str:
    return f"{job.document_id}#{job.version}#{job.attempt}"
