"""The state machine of an escalation, with a function that a test writes: how it waits, ends and goes on."""

import json
import time
from collections.abc import Iterator

import pytest

from coaching.vocabulary import new_ulid
from local.cloud import Cloud
from local.functions import FunctionContext, Json
from tests.support.handlers import HandlerBoard
from tests.support.hurried_machines import hurried_cloud

pytestmark = pytest.mark.xdist_group("aws")

DEADLINE_SECONDS = 60.0
ENDED = {"wait_seconds": 0, "ended": True, "expired": False}
EXPIRED = {**ENDED, "expired": True}
COME_AGAIN = {"wait_seconds": 1, "ended": False, "expired": False}
ESCALATION = {"creator_id": "acme", "escalation_id": "E"}


@pytest.fixture(scope="module")
def board() -> HandlerBoard:
    return HandlerBoard()


@pytest.fixture(scope="module")
def cloud(board: HandlerBoard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with hurried_cloud(board, tmp_path_factory.mktemp("machines")) as running:
        yield running


class Says:
    """Answers one after another; an exception is raised."""

    def __init__(self, *answers: Json | Exception) -> None:
        self.answers = list(answers)

    def __call__(self, _event: Json, _context: FunctionContext) -> Json:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(cloud: Cloud) -> tuple[str, str]:
    """Return how an execution ended, and the name of its error."""
    client = cloud.clients.stepfunctions
    started = client.start_execution(
        stateMachineArn=cloud.state_machine_arns["escalation"], name=new_ulid(), input=json.dumps(ESCALATION)
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        described = client.describe_execution(executionArn=started["executionArn"])
        if described["status"] != "RUNNING":
            return described["status"], described.get("error", "")
        time.sleep(0.02)
    raise TimeoutError("The execution did not end.")


def test_it_comes_again_when_the_next_round_is_due_and_ends_when_it_is_over(cloud: Cloud, board: HandlerBoard) -> None:
    board.clear()
    board.handlers["advance_escalation"] = Says(COME_AGAIN, COME_AGAIN, ENDED)
    assert run(cloud) == ("SUCCEEDED", "")
    assert [(event["creator_id"], event["escalation_id"]) for event in board.events["advance_escalation"]] == [
        ("acme", "E")
    ] * 3


def test_one_that_nobody_claimed_fails_so_that_the_alarm_rings(cloud: Cloud, board: HandlerBoard) -> None:
    board.clear()
    board.handlers["advance_escalation"] = Says(EXPIRED)
    assert run(cloud) == ("FAILED", "EscalationExpired")


def test_whatever_a_round_fails_at_it_is_tried_again(cloud: Cloud, board: HandlerBoard) -> None:
    board.clear()
    board.handlers["advance_escalation"] = Says(RuntimeError("storage"), ValueError("a mistake of ours"), ENDED)
    assert run(cloud) == ("SUCCEEDED", "")
