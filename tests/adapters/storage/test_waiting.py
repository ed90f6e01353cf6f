"""Under which token a state machine waits: what every adapter promises. How it is told stands in tests/local."""

import pytest

from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.aws.waiting import KEPT_SECONDS, DynamoDBTaskTokens
from coaching.adapters.memory.speech import MemoryTaskTokens
from coaching.errors import NotFound
from coaching.knowledge.job import Job
from coaching.knowledge.ports import TaskTokens
from coaching.vocabulary import CreatorId, DocumentId

JOB = Job(CreatorId("hearth"), DocumentId("01J"), 3, 2)
OTHERS = (
    Job(CreatorId("heart"), DocumentId("01J"), 3, 2),
    Job(CreatorId("hearth"), DocumentId("01J2"), 3, 2),
    Job(CreatorId("hearth"), DocumentId("01J"), 32, 2),
    Job(CreatorId("hearth"), DocumentId("01J"), 3, 22),
)


class TaskTokensContract:
    def test_gives_back_the_token_that_was_kept_last(self, tokens: TaskTokens) -> None:
        for token in ("first", "second"):
            tokens.keep(JOB, token)
        assert tokens.of(JOB) == "second"

    def test_keeps_jobs_apart(self, tokens: TaskTokens) -> None:
        tokens.keep(JOB, "mine")
        for other in OTHERS:
            with pytest.raises(NotFound):
                tokens.of(other)


class TestInMemory(TaskTokensContract):
    @pytest.fixture
    def tokens(self) -> MemoryTaskTokens:
        return MemoryTaskTokens()


class TestDynamoDB(TaskTokensContract):
    @pytest.fixture
    def tokens(self, table: DynamoDBTable) -> DynamoDBTaskTokens:
        return DynamoDBTaskTokens(table, lambda: 1_000_000.5)

    def test_lets_the_table_forget_the_token_in_a_day(self, tokens: DynamoDBTaskTokens, table: DynamoDBTable) -> None:
        tokens.keep(JOB, "mine")
        (item,) = table.client().scan(TableName=table.name)["Items"]
        assert item["expires_at"] == {"N": str(1_000_001 + KEPT_SECONDS)}
