"""What the states do when a task fails."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

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


ALL = {
    f"{machine.name}/{name}": (machine.tasks[state["Resource"].strip("${}")], state)
    for machine in SYSTEM.state_machines
    for name, state in tasks(json.loads((STATE_MACHINES / f"{machine.name}.asl.json").read_text("utf-8"))["States"])
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


def test_passages_are_indexed_once_more_when_time_ran_out_and_have_time_to_be() -> None:
    # All batches of a document are read one after another.
    assert SYSTEM.capability("index_passages").timeout_seconds == 300
    assert {attempts("ingestion/Index", error) for error in OUT_OF_TIME} == {1}


def test_a_version_that_a_newer_one_overtook_is_not_published_for_long() -> None:
    assert attempts("ingestion/Publish", "StaleWrite") == 2
    assert attempts("ingestion/Publish", "SearchUnavailable") > 2
