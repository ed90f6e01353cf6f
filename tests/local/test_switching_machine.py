"""The state machine that switches models, with functions that a test writes: what it does when something goes wrong."""

import json
import time
from collections.abc import Iterator

import pytest

from coaching.contract.current_model import SwitchFailedEvent
from coaching.vocabulary import new_ulid
from local.cloud import Cloud
from local.functions import FunctionContext, Json
from tests.support.handlers import HandlerBoard
from tests.support.hurried_machines import hurried_cloud

pytestmark = pytest.mark.xdist_group("aws")

DEADLINE_SECONDS = 60.0


@pytest.fixture(scope="module")
def board() -> HandlerBoard:
    return HandlerBoard()


@pytest.fixture(scope="module")
def cloud(board: HandlerBoard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with hurried_cloud(board, tmp_path_factory.mktemp("machines")) as running:
        yield running


def run(cloud: Cloud) -> str:
    """Return how an execution ended."""
    client = cloud.clients.stepfunctions
    started = client.start_execution(
        stateMachineArn=cloud.state_machine_arns["switching"], name=new_ulid(), input=json.dumps({"switch_id": "S"})
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        status: str = client.describe_execution(executionArn=started["executionArn"])["status"]
        if status != "RUNNING":
            return status
        time.sleep(0.02)
    raise TimeoutError("The execution did not end.")


class Breaks:
    """Fails so many times under a name before it answers."""

    def __init__(self, name: str, times: int) -> None:
        self.error = type(name, (Exception,), {})
        self.left = times

    def __call__(self, event: Json, context: FunctionContext) -> Json:
        self.left -= 1
        if self.left >= 0:
            raise self.error("It failed.")
        return {"state": "watching"}


@pytest.mark.parametrize(
    ("name", "times", "asked"),
    [("any", 0, 1), ("StorageUnavailable", 2, 3), ("Sandbox.Timedout", 1, 2)],
)
def test_what_passes_is_tried_again(cloud: Cloud, board: HandlerBoard, name: str, times: int, asked: int) -> None:
    board.clear()
    board.handlers["switch_model"] = Breaks(name, times)
    assert run(cloud) == "SUCCEEDED"
    assert len(board.events["switch_model"]) == asked
    assert "fail_switch" not in board.events


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [("UnexpectedError", 1, "broke off"), ("Sandbox.Timedout", 2, "too long")],
)
def test_what_does_not_pass_is_told_on_the_record(
    cloud: Cloud, board: HandlerBoard, name: str, asked: int, told: str
) -> None:
    board.clear()
    board.handlers["switch_model"] = Breaks(name, 9)
    board.handlers["fail_switch"] = Breaks("any", 0)
    assert run(cloud) == "FAILED"
    assert len(board.events["switch_model"]) == asked
    (event,) = board.events["fail_switch"]
    failed = SwitchFailedEvent.model_validate(event)
    assert failed.switch_id == "S"
    assert told in failed.reason
