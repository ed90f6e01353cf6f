"""The record of the current model, and starting its switch: what every adapter promises."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from coaching.adapters.aws.current_model import DynamoDBCurrentModels, StepFunctionsSwitchWork
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.current_model import MemoryCurrentModels, MemorySwitchWork
from coaching.errors import Conflict, StaleWrite
from coaching.models.switching import CurrentModel, CurrentModels, Outcomes, Seen, SwitchWork
from coaching.vocabulary import new_ulid

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOADS = CurrentModel().begun("ollama:mistral:7b", of="ollama:llama3:8b", switch_id="S", by="ada", moment=NOON)
ONE_OF_EACH = Seen(Outcomes(1, 2), Outcomes(3, 4))


class CurrentModelsContract:
    def test_begins_empty(self, records: CurrentModels) -> None:
        assert records.get() == CurrentModel()

    def test_gives_back_what_was_saved(self, records: CurrentModels) -> None:
        saved = records.save(LOADS)
        assert saved == replace(LOADS, revision=1)
        assert records.get() == saved

    def test_refuses_a_stale_write(self, records: CurrentModels) -> None:
        loads = records.save(LOADS)
        records.save(loads.moved(NOON))
        for stale in (loads.given_up("Too late.", NOON), LOADS):
            with pytest.raises(StaleWrite):
                records.save(stale)
        assert records.get().state == "watching"

    def test_adds_up_what_was_seen_of_a_switch_that_is_watched(self, records: CurrentModels) -> None:
        records.save(records.save(LOADS).moved(NOON))
        records.count("S", ONE_OF_EACH)
        counted = records.count("S", Seen(new=Outcomes(failed=7)))
        assert counted.seen == Seen(Outcomes(1, 9), Outcomes(3, 4))
        assert records.get() == counted

    def test_counting_makes_no_write_stale_and_a_write_keeps_what_was_counted(self, records: CurrentModels) -> None:
        watched = records.save(records.save(LOADS).moved(NOON))
        counted = records.count("S", ONE_OF_EACH)
        assert counted.revision == watched.revision
        records.save(counted.returned("It failed.", NOON))
        assert (records.get().state, records.get().seen) == ("rolled_back", ONE_OF_EACH)

    def test_counts_for_no_switch_that_is_not_watched(self, records: CurrentModels) -> None:
        with pytest.raises(Conflict):
            records.count("S", ONE_OF_EACH)
        loads = records.save(LOADS)
        with pytest.raises(Conflict):
            records.count("S", ONE_OF_EACH)
        watched = records.save(loads.moved(NOON))
        with pytest.raises(Conflict):
            records.count("another", ONE_OF_EACH)
        records.save(watched.returned("It failed.", NOON))
        with pytest.raises(Conflict):
            records.count("S", ONE_OF_EACH)
        assert records.get().seen == Seen()

    def test_a_new_switch_counts_anew(self, records: CurrentModels) -> None:
        records.save(records.save(LOADS).moved(NOON))
        returned = records.save(records.count("S", ONE_OF_EACH).returned("It failed.", NOON))
        again = returned.begun("ollama:phi3:mini", of="ollama:llama3:8b", switch_id="T", by="bo", moment=NOON)
        records.save(records.save(again).moved(NOON))
        assert records.count("T", Seen(new=Outcomes(1))).seen == Seen(new=Outcomes(1))

    def test_loses_nothing_of_many_reports_at_once(self, records: CurrentModels) -> None:
        records.save(records.save(LOADS).moved(NOON))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: records.count("S", ONE_OF_EACH), range(20)))
        assert records.get().seen == Seen(Outcomes(20, 40), Outcomes(60, 80))

    def test_of_many_who_put_the_previous_model_back_one_does(self, records: CurrentModels) -> None:
        records.save(records.save(LOADS).moved(NOON))

        def put_back(number: int) -> bool:
            try:
                records.save(records.get().returned(f"Seen by {number}.", NOON))
            except (StaleWrite, Conflict):
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(put_back, range(12))) == 1
        assert (records.get().state, records.get().revision) == ("rolled_back", 3)


class TestInMemory(CurrentModelsContract):
    @pytest.fixture
    def records(self) -> MemoryCurrentModels:
        return MemoryCurrentModels()


class TestDynamoDB(CurrentModelsContract):
    @pytest.fixture
    def records(self, table: DynamoDBTable) -> DynamoDBCurrentModels:
        return DynamoDBCurrentModels(table)


class TestStartingInStepFunctions:
    def test_starts_a_switch_once(self, stepfunctions: "SFNClient") -> None:
        definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
        arn = stepfunctions.create_state_machine(
            name=f"switching-{new_ulid()}", definition=definition, roleArn="arn:aws:iam::123456789012:role/any"
        )["stateMachineArn"]
        work: SwitchWork = StepFunctionsSwitchWork(lambda: stepfunctions, arn)
        for switch_id in ("S", "T", "S"):
            work.start(switch_id)
        started = stepfunctions.list_executions(stateMachineArn=arn)["executions"]
        assert {each["name"] for each in started} == {"S", "T"}
        described = [stepfunctions.describe_execution(executionArn=each["executionArn"]) for each in started]
        assert {each["input"] for each in described} == {'{"switch_id": "S"}', '{"switch_id": "T"}'}


def test_starting_in_memory_starts_a_switch_once() -> None:
    work = MemorySwitchWork()
    for switch_id in ("S", "T", "S"):
        work.start(switch_id)
    assert work.started == ["S", "T"]
