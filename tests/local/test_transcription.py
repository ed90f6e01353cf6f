"""A recording's way through the state machine: it waits for an event, and for nothing else."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from coaching.adapters.aws.waiting import StepFunctionsWaitingTasks
from coaching.contract.ingestion import FailEvent, TranscriptionEvent
from coaching.errors import UnusableDocument
from infra.system import SYSTEM
from local.cloud import TRANSCRIPTION_PREFIX, Cloud, running_cloud
from local.functions import FunctionContext, Functions, Json
from local.pollers import QueuePoller
from tests.support.handlers import HandlerBoard

pytestmark = pytest.mark.xdist_group("aws")

JOB = {"creator_id": "demo", "document_id": "01JB8ZK4Q6M3T7W9X2Y5N0P1RS", "version": 1, "attempt": 1}
ENDED = f"{TRANSCRIPTION_PREFIX}.demo.01JB8ZK4Q6M3T7W9X2Y5N0P1RS.1.1"


@dataclass
class Machine:
    """The real ingestion, over functions that only note what they were asked."""

    cloud: Cloud
    board: HandlerBoard
    functions: Functions
    tokens: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> StepFunctionsWaitingTasks:
        return StepFunctionsWaitingTasks(lambda: self.cloud.clients.stepfunctions)

    def pin(self) -> None:
        self.board.clear()
        self.board.handlers |= {
            "start_transcription": self._start,
            "extract_document": lambda _event, _context: {"characters": 3, "milliseconds": 1},
            "split_document": lambda _event, _context: {
                "batches": [], "to_embed": [], "kept": [], "passages": 0, "milliseconds": 1,
            },
            "fail_document": lambda _event, _context: {"failed": True},
            "index_passages": lambda _event, _context: {"passages": 0, "milliseconds": 1},
        }  # fmt: skip

    def _start(self, event: Json, _: FunctionContext) -> Json:
        self.tokens.append(TranscriptionEvent.model_validate(event).token)
        return {}

    def begin(self, **change: Json) -> str:
        started = self.cloud.clients.stepfunctions.start_execution(
            name=uuid4().hex,
            stateMachineArn=self.cloud.state_machine_arns["ingestion"],
            input=json.dumps({**JOB, "recording": True, **change}),
        )
        return started["executionArn"]

    def token(self) -> str:
        self._await(lambda: bool(self.tokens))
        return self.tokens.pop()

    def status(self, execution: str) -> str:
        return self.cloud.clients.stepfunctions.describe_execution(executionArn=execution)["status"]

    def ended(self, execution: str) -> str:
        self._await(lambda: self.status(execution) != "RUNNING")
        return self.status(execution)

    def asked(self, capability: str) -> list[Json]:
        return self.board.events.get(capability, [])

    def _await(self, come: Any) -> None:
        deadline = time.monotonic() + 20
        while not come():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def running() -> Iterator[Machine]:
    board = HandlerBoard()
    functions = board.functions(SYSTEM)
    with running_cloud(SYSTEM, functions) as cloud:
        yield Machine(cloud, board, functions)


@pytest.fixture
def machine(running: Machine) -> Machine:
    running.pin()
    return running


def test_a_recording_is_read_only_after_its_transcript_is_written(machine: Machine) -> None:
    execution = machine.begin()
    token = machine.token()
    time.sleep(0.2)
    assert (machine.status(execution), machine.asked("extract_document")) == ("RUNNING", [])
    machine.waiting.succeed(token)
    assert machine.ended(execution) == "SUCCEEDED"
    (event,) = machine.asked("extract_document")
    assert {name: event[name] for name in JOB} == JOB


def test_a_text_waits_for_nothing(machine: Machine) -> None:
    for change in ({"recording": False}, {"recording": None}):
        assert machine.ended(machine.begin(**change)) == "SUCCEEDED"
    assert machine.asked("start_transcription") == []


def test_a_recording_that_cannot_be_written_down_fails_with_code_and_sentence(machine: Machine) -> None:
    execution = machine.begin()
    machine.waiting.fail(machine.token(), UnusableDocument("no_speech", "Nobody speaks."))
    assert machine.ended(execution) == "FAILED"
    (event,) = machine.asked("fail_document")
    assert FailEvent.model_validate(event).error.code_and_message() == ("no_speech", "Nobody speaks.")
    assert machine.asked("extract_document") == []


def test_what_the_start_refuses_is_not_waited_for(machine: Machine) -> None:
    def refused(_event: Json, _context: FunctionContext) -> Json:
        raise UnusableDocument("speech_unavailable", "Nothing hears here.")

    machine.board.handlers["start_transcription"] = refused
    assert machine.ended(machine.begin()) == "FAILED"
    (event,) = machine.asked("fail_document")
    assert FailEvent.model_validate(event).error.code_and_message()[0] == "speech_unavailable"


def test_an_end_told_twice_or_late_changes_nothing(machine: Machine) -> None:
    execution = machine.begin()
    token = machine.token()
    machine.waiting.succeed(token)
    assert machine.ended(execution) == "SUCCEEDED"
    machine.waiting.succeed(token)
    machine.waiting.fail(token, UnusableDocument("no_speech", "Nobody speaks."))
    machine.waiting.succeed("a token that nobody ever had")
    assert machine.status(execution) == "SUCCEEDED"
    assert machine.asked("fail_document") == []


def event_of(name: str, status: str, **change: str) -> dict[str, Any]:
    detail = {"TranscriptionJobName": name, "TranscriptionJobStatus": status}
    return {
        "Source": "aws.transcribe", "DetailType": "Transcribe Job State Change", "Detail": json.dumps(detail),
    } | change  # fmt: skip


def test_the_end_of_a_job_of_this_stage_alone_reaches_the_queue(machine: Machine) -> None:
    others = [
        event_of(ENDED, "IN_PROGRESS"),
        event_of("somebody-elses-job", "COMPLETED"),
        event_of(ENDED.replace("-local.", "-local2."), "COMPLETED"),
        event_of(ENDED, "COMPLETED", Source="aws.polly"),
        event_of(ENDED, "COMPLETED", DetailType="Call Analytics Job State Change"),
    ]
    entries = [*others, event_of(ENDED, "COMPLETED"), event_of(ENDED, "FAILED")]
    machine.cloud.clients.events.put_events(Entries=entries)  # type: ignore[arg-type]
    (queue,) = [queue for queue in SYSTEM.queues if queue.name == "transcriptions"]
    poller = QueuePoller(queue, machine.cloud.queue_urls[queue.name], machine.cloud.clients.sqs, machine.functions)
    while poller.poll_once(wait_seconds=0):
        pass
    bodies = [
        json.loads(record["body"]) for event in machine.asked("finish_transcription") for record in event["Records"]
    ]
    assert sorted(body["detail"]["TranscriptionJobStatus"] for body in bodies) == ["COMPLETED", "FAILED"]
    assert {body["detail"]["TranscriptionJobName"] for body in bodies} == {ENDED}
