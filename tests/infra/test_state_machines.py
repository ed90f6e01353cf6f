"""What the states do when a task fails."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from coaching.adapters.aws.waiting import KEPT_SECONDS
from coaching.knowledge.document import TRANSCRIBED_AFTER
from coaching.models.canary import ANSWER_SECONDS, LOAD_SECONDS
from coaching.models.switching import LOADING
from infra.plan import StateMachine
from infra.system import SYSTEM
from local.cloud import STATE_MACHINES

Json = dict[str, Any]
# docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
LAMBDA_IS_BUSY_OR_BROKEN = {
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
}
OUT_OF_TIME = {"States.Timeout", "Sandbox.Timedout"}


def tasks(states: Json) -> Iterator[tuple[str, Json]]:
    for name, state in states.items():
        if state["Type"] == "Task":
            yield name, state
        elif state["Type"] == "Map":
            yield from tasks(state["ItemProcessor"]["States"])


def placeholder(task: Json) -> str:
    """Return what stands for the function that the task invokes."""
    invoked: str = task.get("Parameters", {}).get("FunctionName", task["Resource"])
    return invoked.strip("${}")


def definition(machine: StateMachine) -> Json:
    read: Json = json.loads((STATE_MACHINES / f"{machine.name}.asl.json").read_text("utf-8"))
    return read


MACHINES = {machine.name: machine for machine in SYSTEM.state_machines}
INGESTION, DELETION, SWITCHING, ESCALATION = (
    MACHINES[name] for name in ("ingestion", "deletion", "switching", "escalation")
)
ALL = {
    f"{machine.name}/{name}": (machine.tasks[placeholder(state)], state)
    for machine in SYSTEM.state_machines
    for name, state in tasks(definition(machine)["States"])
}
every_task = pytest.mark.parametrize("name", ALL)


def attempts(name: str, error: str) -> int:
    """Return how often the task is tried again after this error: the first retrier that names it counts."""
    for retrier in ALL[name][1]["Retry"]:
        if {error, "States.ALL"} & set(retrier["ErrorEquals"]):
            return int(retrier["MaxAttempts"])
    return 0


def test_every_function_of_the_machines_has_a_task() -> None:
    assert {capability for capability, _ in ALL.values()} == {
        capability for machine in SYSTEM.state_machines for capability in machine.tasks.values()
    }


@every_task
def test_a_task_is_tried_again_when_lambda_itself_fails(name: str) -> None:
    assert min(attempts(name, error) for error in LAMBDA_IS_BUSY_OR_BROKEN) >= 4


@every_task
def test_a_task_waits_longer_than_its_function_may_take(name: str) -> None:
    capability, task = ALL[name]
    assert task["TimeoutSeconds"] > SYSTEM.capability(capability).timeout_seconds


@every_task
def test_every_retry_is_bounded(name: str) -> None:
    for retrier in ALL[name][1]["Retry"]:
        assert retrier["MaxAttempts"] == 1 or retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxAttempts"] <= 8


@every_task
def test_a_task_whose_worker_was_killed_is_run_again(name: str) -> None:
    for error in (*OUT_OF_TIME, "Lambda.Unknown", "Runtime.ExitError"):
        assert attempts(name, error) >= 1, error


@pytest.mark.parametrize(
    ("name", "told"), [("ingestion", "Fail"), ("deletion", "FailDeletion"), ("switching", "FailSwitch")]
)
def test_whatever_fails_is_told_on_the_record(name: str, told: str) -> None:
    states = definition(MACHINES[name])["States"]
    for state_name, state in states.items():
        if state["Type"] in {"Task", "Map"} and state_name not in {told, "EndIngestion"}:
            assert state["Catch"][-1] == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": told}


@pytest.mark.parametrize("machine", SYSTEM.state_machines, ids=lambda machine: machine.name)
def test_no_execution_runs_for_ever(machine: StateMachine) -> None:
    # A human may talk with somebody for weeks; whatever the execution does, the table and the sweep hold.
    days = 90 if machine is ESCALATION else 3
    assert definition(machine)["TimeoutSeconds"] <= days * 24 * 60 * 60


def test_an_escalation_that_nobody_answered_fails_and_so_rings_the_alarm() -> None:
    states = definition(ESCALATION)["States"]
    expired, over = states["IsOver"]["Choices"]
    assert (expired["Variable"], states[expired["Next"]]["Type"]) == ("$.advanced.expired", "Fail")
    assert (over["Variable"], states[over["Next"]]["Type"]) == ("$.advanced.ended", "Succeed")
    assert ESCALATION.failures_alarm == 1


def test_between_two_rounds_an_escalation_waits_as_long_as_the_last_one_said() -> None:
    states = definition(ESCALATION)["States"]
    assert states["IsOver"]["Default"] == "WaitForHuman"
    assert states["WaitForHuman"] == {"Type": "Wait", "SecondsPath": "$.advanced.wait_seconds", "Next": "Advance"}


def test_an_ingestion_gives_its_slot_back_however_it_ends() -> None:
    states = definition(INGESTION)["States"]
    assert states["Publish"]["Next"] == states["Fail"]["Next"] == "EndIngestion"


def test_a_document_waits_for_its_embedder_instead_of_failing() -> None:
    states = definition(INGESTION)["States"]
    for name in ("Split", "EmbedBatches"):
        catch, *_ = states[name]["Catch"]
        assert (catch["ErrorEquals"], catch["Next"]) == (["EmbedderUnavailable"], "Postpone")
    assert attempts("ingestion/Split", "EmbedderUnavailable") == 2
    assert (states["Postpone"]["Next"], states["AwaitEmbedder"]["Next"]) == ("AwaitEmbedder", "IsLaidOut")
    assert states["IsLaidOut"]["Choices"] == [{"Variable": "$.split", "IsPresent": True, "Next": "EmbedBatches"}]
    assert states["IsLaidOut"]["Default"] == "Split"


def test_a_document_is_forgotten_only_after_nothing_of_it_was_found() -> None:
    states = definition(DELETION)["States"]
    assert [states["Remove"]["Next"], states["Verify"]["Next"]] == ["Verify", "Forget"]


def test_passages_are_indexed_once_more_when_time_ran_out_and_have_time_to_be() -> None:
    # All batches of a document are read one after another.
    assert SYSTEM.capability("index_passages").timeout_seconds == 300
    assert {attempts("ingestion/Index", error) for error in OUT_OF_TIME} == {1}


def test_a_version_that_a_newer_one_overtook_is_not_published_for_long() -> None:
    assert attempts("ingestion/Publish", "StaleWrite") == 2
    assert attempts("ingestion/Publish", "SearchUnavailable") > 2


def test_a_transcription_may_take_hours_and_is_given_up_before_anybody_forgets_who_waits() -> None:
    _, task = ALL["ingestion/Transcribe"]
    assert {attempts("ingestion/Transcribe", error) for error in OUT_OF_TIME} == {6}
    longest = timedelta(seconds=task["TimeoutSeconds"] * 7)
    assert timedelta(hours=6) < longest < TRANSCRIBED_AFTER < timedelta(seconds=KEPT_SECONDS)


def test_a_switch_counts_as_lost_only_after_its_execution_has_ended() -> None:
    assert definition(SWITCHING)["TimeoutSeconds"] < LOADING.total_seconds()
    # Every node's load and the trial's answer.
    assert SYSTEM.capability("switch_model").timeout_seconds > LOAD_SECONDS + ANSWER_SECONDS
