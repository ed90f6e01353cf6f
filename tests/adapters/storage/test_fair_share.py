"""Who runs and who waits: what every adapter promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coaching.adapters.aws.fair_share import DynamoDBShares, DynamoDBWaitingLine
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.fair_share import MemoryShares, MemoryWaitingLine
from coaching.errors import StaleWrite
from coaching.knowledge.fair_share import Share
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Shares, WaitingLine
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.storage.samples import MOMENT

HEARTH = CreatorId("hearth")


def job(document_id: str = "01J", version: int = 1, attempt: int = 1, creator_id: str = "hearth") -> Job:
    return Job(CreatorId(creator_id), DocumentId(document_id), version, attempt)


class SharesContract:
    def test_is_empty_before_anything_was_started(self, shares: Shares) -> None:
        assert shares.get(HEARTH) == Share(HEARTH)

    def test_gives_back_what_was_saved(self, shares: Shares) -> None:
        granted = Share(HEARTH).grant(job(), MOMENT).grant(job("01K", 2, 3), MOMENT + timedelta(seconds=1))
        saved = shares.save(granted)
        assert saved == replace(granted, revision=1) == shares.get(HEARTH)

    def test_refuses_a_stale_write(self, shares: Shares) -> None:
        first = shares.save(Share(HEARTH))
        shares.save(first.grant(job(), MOMENT))
        with pytest.raises(StaleWrite):
            shares.save(first.grant(job("01K"), MOMENT))
        with pytest.raises(StaleWrite):
            shares.save(Share(HEARTH))

    def test_keeps_creators_apart(self, shares: Shares) -> None:
        shares.save(Share(HEARTH).grant(job(), MOMENT))
        for other in ("heart", "hearth2"):
            assert shares.get(CreatorId(other)).slots == ()


class WaitingLineContract:
    def test_lets_the_oldest_documents_go_first(self, line: WaitingLine) -> None:
        for document_id in ("01C", "01A", "01D", "01B"):
            line.join(job(document_id))
        assert line.first(HEARTH, limit=3) == (job("01A"), job("01B"), job("01C"))

    def test_nobody_stands_in_it_twice(self, line: WaitingLine) -> None:
        for _ in range(2):
            line.join(job())
        assert line.first(HEARTH, limit=9) == (job(),)

    def test_a_newer_job_of_the_same_document_stays_when_the_older_leaves(self, line: WaitingLine) -> None:
        for each in (job(), job(version=2), job(version=2, attempt=2)):
            line.join(each)
        for _ in range(2):
            line.leave(job())
            line.leave(job(version=2))
        assert line.first(HEARTH, limit=9) == (job(version=2, attempt=2),)

    def test_keeps_creators_apart(self, line: WaitingLine) -> None:
        line.join(job())
        for other in ("heart", "hearth2"):
            assert line.first(CreatorId(other), limit=9) == ()
            line.leave(job(creator_id=other))
        assert line.first(HEARTH, limit=9) == (job(),)


class TestSharesInMemory(SharesContract):
    @pytest.fixture
    def shares(self) -> MemoryShares:
        return MemoryShares()


class TestDynamoDBShares(SharesContract):
    @pytest.fixture
    def shares(self, table: DynamoDBTable) -> DynamoDBShares:
        return DynamoDBShares(table)


class TestWaitingLineInMemory(WaitingLineContract):
    @pytest.fixture
    def line(self) -> MemoryWaitingLine:
        return MemoryWaitingLine()


class TestDynamoDBWaitingLine(WaitingLineContract):
    @pytest.fixture
    def line(self, table: DynamoDBTable) -> DynamoDBWaitingLine:
        return DynamoDBWaitingLine(table)

    def test_stands_apart_from_the_documents(self, line: DynamoDBWaitingLine, table: DynamoDBTable) -> None:
        line.join(job(version=12))
        (item,) = table.client().scan(TableName=table.name)["Items"]
        assert (item["pk"], item["sk"]) == ({"S": "creator#hearth"}, {"S": "line#01J#12#1"})
