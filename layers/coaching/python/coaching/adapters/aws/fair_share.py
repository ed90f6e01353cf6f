"""Who runs and who waits, in DynamoDB."""

from dataclasses import dataclass

from coaching.adapters.aws import keys
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import read, written
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import NotFound
from coaching.knowledge.fair_share import Share
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Shares, WaitingLine
from coaching.vocabulary import CreatorId


@dataclass(frozen=True, slots=True)
class DynamoDBShares(Shares):
    """One record per creator, guarded by its revision."""

    table: DynamoDBTable

    def get(self, creator_id: CreatorId) -> Share:
        try:
            return self.table.get(Share, keys.share(creator_id))
        except NotFound:
            return Share(creator_id)

    def save(self, share: Share) -> Share:
        return self.table.save(keys.share(share.creator_id), share)


@dataclass(frozen=True, slots=True)
class DynamoDBWaitingLine(WaitingLine):
    """One record per job, so that many uploads at once do not meet in one."""

    table: DynamoDBTable

    def join(self, job: Job) -> None:
        self.table.create(_place(job), {"data": {"S": written(job)}})

    def first(self, creator_id: CreatorId, *, limit: int) -> tuple[Job, ...]:
        found = self.table.records(keys.line(creator_id), at_most=limit)
        return tuple(read(Job, item) for item in found)

    def leave(self, job: Job) -> None:
        self.table.discard(_place(job))


def _place(job: Job) -> Key:
    return keys.in_line(job.creator_id, job.document_id, job.version, job.attempt)
