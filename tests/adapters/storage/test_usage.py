"""What models took, by creator and month: what every ledger promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from coaching.adapters.aws import keys
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.aws.usage import SHARDS, DynamoDBUsageLedger
from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.errors import StaleWrite
from coaching.models.usage import ModelCall, ModelUsage, UsageLedger
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, Usage, new_ulid
from tests.adapters.storage.faults import ConflictsAtFirst

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEARTH = CreatorId("hearth")
NOVEMBER = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
MODEL = "bedrock:anthropic.claude-3-haiku:1#eu"


def call(**changes: Any) -> ModelCall:
    made = ModelCall(new_ulid(), HEARTH, MODEL, NOVEMBER, Usage(100, 20), 1_500, 0.25)
    return replace(made, **changes)


class UsageLedgerContract:
    def test_a_month_without_calls_is_empty(self, ledger: UsageLedger) -> None:
        month = ledger.month(HEARTH, "2026-11")
        assert not month.models
        assert month.cost_usd == 0

    def test_counts_the_calls_of_each_model(self, ledger: UsageLedger) -> None:
        ledger.add(call())
        ledger.add(call(usage=Usage(1, 0), microdollars=0, seconds=1.0, estimated=True))
        ledger.add(call(model="ollama:llama3:8b", usage=Usage(), microdollars=0, seconds=0.0))
        month = ledger.month(HEARTH, "2026-11")
        assert month.models == {MODEL: ModelUsage(2, 1, 101, 20, 1_500, 1_250), "ollama:llama3:8b": ModelUsage(1)}
        assert month.cost_usd == Decimal("0.0015")

    def test_counts_what_providers_kept_and_what_was_given_again(self, ledger: UsageLedger) -> None:
        ledger.add(call(usage=Usage(100, 20, 60, 30)))
        ledger.add(call(usage=Usage(), microdollars=0, seconds=0.0, reused=True))
        assert ledger.month(HEARTH, "2026-11").models == {
            MODEL: ModelUsage(1, 0, 100, 20, 1_500, 250, cache_read_tokens=60, cache_write_tokens=30, reused_answers=1)
        }

    def test_counts_a_call_that_is_added_again_once(self, ledger: UsageLedger) -> None:
        again = call()
        for each in (again, call(), again, again):
            ledger.add(each)
        assert ledger.month(HEARTH, "2026-11").models[MODEL].calls == 2

    def test_keeps_months_and_creators_apart(self, ledger: UsageLedger) -> None:
        ledger.add(call())
        ledger.add(call(ended_at=datetime(2026, 12, 1, tzinfo=UTC)))
        ledger.add(call(creator_id=CreatorId("hearth-2")))
        for creator_id, month in (("hearth", "2026-11"), ("hearth", "2026-12"), ("hearth-2", "2026-11")):
            assert ledger.month(CreatorId(creator_id), month).models[MODEL].calls == 1
        assert ledger.month(CreatorId("heart"), "2026-11").models == {}

    def test_loses_no_call_of_many_at_once(self, ledger: UsageLedger) -> None:
        calls = [call() for _ in range(20)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda each: until_fresh(lambda: ledger.add(each)), calls))
        assert ledger.month(HEARTH, "2026-11").models[MODEL] == ModelUsage(20, 0, 2_000, 400, 30_000, 5_000)


class TestInMemory(UsageLedgerContract):
    @pytest.fixture
    def ledger(self) -> MemoryUsageLedger:
        return MemoryUsageLedger()


class TestDynamoDB(UsageLedgerContract):
    @pytest.fixture
    def ledger(self, table: DynamoDBTable) -> DynamoDBUsageLedger:
        return DynamoDBUsageLedger(table, lambda: 1_000.5)

    def test_forgets_the_note_of_a_call_after_a_day(self, ledger: DynamoDBUsageLedger, table: DynamoDBTable) -> None:
        counted = call()
        ledger.add(counted)
        note = table.found(keys.usage_call(HEARTH, "2026-11", counted.call_id))
        assert note["expires_at"] == {"N": str(1_001 + 24 * 3600)}

    def test_spreads_the_calls_of_a_month(self, ledger: DynamoDBUsageLedger, table: DynamoDBTable) -> None:
        for _ in range(100):
            ledger.add(call())
        shards = table.records(keys.usages(HEARTH, "2026-11"), at_most=100)
        assert SHARDS / 2 < len(shards) <= SHARDS
        assert ledger.month(HEARTH, "2026-11").models[MODEL].calls == 100

    def test_counts_once_though_others_count_at_the_same_time(self, table: DynamoDBTable) -> None:
        busy = cast("DynamoDBClient", ConflictsAtFirst(table.client()))
        ledger, counted = DynamoDBUsageLedger(DynamoDBTable(lambda: busy, table.name)), call()
        with pytest.raises(StaleWrite):
            ledger.add(counted)
        until_fresh(lambda: ledger.add(counted))
        assert ledger.month(HEARTH, "2026-11").models[MODEL].calls == 1
