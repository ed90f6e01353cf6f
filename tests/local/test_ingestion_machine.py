"""The state machines of the product, with functions that a test writes: what they do when something goes wrong."""

import json
import time
from collections.abc import Iterator

import pytest

from coaching.vocabulary import new_ulid
from infra.system import SYSTEM
from local import cloud as cloud_module
from local.cloud import STATE_MACHINES, Cloud, running_cloud
from local.functions import FunctionContext, Json
from tests.support.handlers import Handler, HandlerBoard

pytestmark = pytest.mark.xdist_group("aws")

STEPS = ("extract_document", "split_document", "embed_passages", "index_passages", "publish_document", "end_ingestion")
RESULTS: dict[str, Json] = {
    "extract_document": {"characters": 9, "milliseconds": 1},
    "split_document": {"batches": ["a", "b"], "passages": 3, "milliseconds": 1},
    "embed_passages": {"passages": 1, "milliseconds": 1},
    "index_passages": {"passages": 3, "milliseconds": 1},
    "postpone_embedding": {"seconds": 0, "times": 1},
    "fail_document": {"failed": True},
}


def error(name: str) -> Exception:
    """Return an error that leaves a function under this name."""
    raised: Exception = type(name, (Exception,), {})("It failed.")
    return raised


def hurried(definition: Json) -> Json:
    """Return the definition with every pause before another try as short as can be."""
    if isinstance(definition, dict):
        return {key: 1 if key == "IntervalSeconds" else hurried(value) for key, value in definition.items()} | (
            {"BackoffRate": 1.0, "MaxDelaySeconds": 2} if "MaxDelaySeconds" in definition else {}
        )
    return [hurried(value) for value in definition] if isinstance(definition, list) else definition


class Machines:
    """Runs executions over the board's handlers."""

    def __init__(self, cloud: Cloud, board: HandlerBoard) -> None:
        self._cloud = cloud
        self.board = board

    def run(self, name: str = "ingestion", **event: Json) -> tuple[str, Json]:
        """Return how an execution ended, and its output."""
        client = self._cloud.clients.stepfunctions
        job = {"creator_id": "demo", "document_id": "01J", "version": 1, "attempt": 1, "recording": False}
        started = client.start_execution(
            stateMachineArn=self._cloud.state_machine_arns[name], name=new_ulid(), input=json.dumps({**job, **event})
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            described = client.describe_execution(executionArn=started["executionArn"])
            if described["status"] != "RUNNING":
                return described["status"], json.loads(described.get("output") or "null")
            time.sleep(0.02)
        raise TimeoutError("The execution did not end.")

    def asked(self, capability: str) -> int:
        return len(self.board.events.get(capability, []))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    for machine in SYSTEM.state_machines:
        definition = json.loads((STATE_MACHINES / f"{machine.name}.asl.json").read_text("utf-8"))
        (folder / f"{machine.name}.asl.json").write_text(json.dumps(hurried(definition)))
    board = HandlerBoard()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cloud_module, "STATE_MACHINES", folder)
        with running_cloud(SYSTEM, board.functions(SYSTEM)) as cloud:
            yield Machines(cloud, board)


@pytest.fixture
def machines(everything: Machines) -> Machines:
    everything.board.clear()
    for name, result in RESULTS.items():
        everything.board.handlers[name] = answers(result)
    return everything


def answers(result: Json) -> Handler:
    return lambda *_: result


def fails(name: str, times: int, then: Json) -> Handler:
    """Return a handler that fails so many times before it answers."""
    left = [times]

    def handler(_event: Json, _context: FunctionContext) -> Json:
        left[0] -= 1
        if left[0] >= 0:
            raise error(name)
        return then

    return handler


def test_a_document_passes_every_step_once(machines: Machines) -> None:
    status, _ = machines.run()
    assert status == "SUCCEEDED"
    assert [machines.asked(step) for step in STEPS] == [1, 1, 2, 1, 1, 1]
    [indexed] = machines.board.events["index_passages"]
    assert indexed["split"]["batches"] == ["a", "b"]


@pytest.mark.parametrize("killed", ["Runtime.ExitError", "Lambda.Unknown"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_whose_worker_was_killed_is_run_again(machines: Machines, step: str, killed: str) -> None:
    machines.board.handlers[step] = fails(killed, 1, RESULTS.get(step, {}))
    assert machines.run()[0] == "SUCCEEDED"
    assert machines.asked("fail_document") == 0


@pytest.mark.parametrize("step", STEPS[:-1])
def test_what_cannot_be_done_is_told_and_gives_its_slot_back(machines: Machines, step: str) -> None:
    machines.board.handlers[step] = fails("UnusableDocument", 99, {})
    assert machines.run()[0] == "FAILED"
    [told] = machines.board.events["fail_document"]
    assert told["error"]["Error"] == "UnusableDocument"
    assert machines.asked("end_ingestion") == 1


def test_what_a_newer_upload_overtook_did_not_fail(machines: Machines) -> None:
    machines.board.handlers["index_passages"] = fails("Conflict", 99, {})
    machines.board.handlers["fail_document"] = answers({"failed": False})
    assert machines.run()[0] == "SUCCEEDED"
    assert machines.asked("end_ingestion") == 1


def test_while_the_embedder_is_down_the_document_waits_and_then_goes_on(machines: Machines) -> None:
    # So often that each wait's own tries fail too.
    machines.board.handlers["embed_passages"] = fails("EmbedderUnavailable", 9, RESULTS["embed_passages"])
    assert machines.run()[0] == "SUCCEEDED"
    assert machines.asked("postpone_embedding") >= 1
    assert machines.asked("fail_document") == 0
    # The second time it is told how often it was said before.
    first, *others = machines.board.events["postpone_embedding"]
    assert "postponed" not in first
    assert [event["postponed"]["times"] for event in others] == [1] * len(others)


def test_an_embedder_that_stays_down_fails_the_document_in_the_end(machines: Machines) -> None:
    machines.board.handlers["embed_passages"] = fails("EmbedderUnavailable", 99, {})
    machines.board.handlers["postpone_embedding"] = fails("EmbedderUnavailable", 99, {})
    assert machines.run()[0] == "FAILED"
    [told] = machines.board.events["fail_document"]
    assert told["error"]["Error"] == "EmbedderUnavailable"


def deletion(machines: Machines) -> list[int]:
    return [machines.asked(step) for step in ("remove_document", "verify_removal", "forget_document", "fail_deletion")]


def test_a_document_is_removed_read_again_and_forgotten(machines: Machines) -> None:
    assert machines.run("deletion")[0] == "SUCCEEDED"
    assert deletion(machines) == [1, 1, 1, 0]


def test_a_document_that_is_still_found_is_not_forgotten_and_somebody_hears_of_it(machines: Machines) -> None:
    machines.board.handlers["verify_removal"] = fails("StillFound", 99, {})
    assert machines.run("deletion")[0] == "FAILED"
    removed, verified, forgotten, told = deletion(machines)
    assert (removed, forgotten, told) == (1, 0, 1)
    assert verified > 1


def test_a_deletion_goes_on_once_the_store_answers_again(machines: Machines) -> None:
    machines.board.handlers["remove_document"] = fails("SearchUnavailable", 3, {})
    assert machines.run("deletion")[0] == "SUCCEEDED"
    assert deletion(machines) == [4, 1, 1, 0]
