"""The sample events fit the plan, the contract, and each other."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from coaching.contract.current_model import SwitchEvent, SwitchFailedEvent
from coaching.contract.escalations import EscalationEvent
from coaching.contract.ingestion import (
    BatchEvent,
    DeletionFailedEvent,
    DocumentEvent,
    FailEvent,
    IndexEvent,
    JobEvent,
    PostponeEvent,
    PublishEvent,
    Tick,
    TranscriptionEndedEvent,
    TranscriptionEvent,
    UploadEvent,
)
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.work import batch_key
from infra.system import SYSTEM
from local.cloud import TRANSCRIPTION_PREFIX

EVENTS = Path(__file__).parent.parent.parent / "events"
TASKS: dict[str, type[BaseModel]] = {
    "start_transcription": TranscriptionEvent,
    "extract_document": JobEvent,
    "split_document": JobEvent,
    "embed_passages": BatchEvent,
    "index_passages": IndexEvent,
    "publish_document": PublishEvent,
    "postpone_embedding": PostponeEvent,
    "fail_document": FailEvent,
    "end_ingestion": JobEvent,
    "remove_document": DocumentEvent,
    "verify_removal": DocumentEvent,
    "forget_document": DocumentEvent,
    "fail_deletion": DeletionFailedEvent,
    "switch_model": SwitchEvent,
    "fail_switch": SwitchFailedEvent,
    "advance_escalation": EscalationEvent,
}


def event(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return sample


def test_every_task_of_a_state_machine_has_a_sample() -> None:
    assert set(TASKS) == {name for machine in SYSTEM.state_machines for name in machine.tasks.values()}


def test_every_schedule_has_a_sample() -> None:
    for schedule in SYSTEM.schedules:
        Tick.model_validate(event(schedule.capability))


@pytest.mark.parametrize("name", TASKS)
def test_a_tasks_sample_is_what_its_function_reads(name: str) -> None:
    TASKS[name].model_validate(event(name))


def test_the_failures_cause_is_one_of_ours() -> None:
    assert FailEvent.model_validate(event("fail_document")).error.code_and_message()[0] == "no_text"


def test_the_upload_is_the_sample_file() -> None:
    [record] = event("s3_upload")["Records"]
    uploaded = json.loads(record["body"])["detail"]["object"]
    data = (EVENTS / "notes.md").read_bytes()
    assert (uploaded["etag"], uploaded["size"]) == (hashlib.md5(data).hexdigest(), len(data))
    announced = UploadEvent.model_validate_json(record["body"])
    assert announced.document_id == event("extract_document")["document_id"]
    assert announced.arrival == Arrival(
        uploaded["etag"], uploaded["version-id"], uploaded["sequencer"], uploaded["size"]
    )


def test_the_transcription_that_ended_is_the_one_that_was_started() -> None:
    [record] = event("transcription_ended")["Records"]
    ended = TranscriptionEndedEvent.model_validate_json(record["body"])
    assert ended.job == TranscriptionEvent.model_validate(event("start_transcription")).job
    assert ended.detail.name.startswith(f"{TRANSCRIPTION_PREFIX}.")


@pytest.mark.parametrize(("name", "capability"), [("api_request", "creators"), ("chat_request", "chat")])
def test_a_requests_sample_is_a_route_of_the_plan(name: str, capability: str) -> None:
    request = event(name)
    keys = {route.key: route.capability for route in SYSTEM.routes}
    assert keys[f"{request['httpMethod']} {request['resource']}"] == capability
    assert request["requestContext"]["authorizer"]["claims"]["token_use"] == "id"


def test_the_batch_is_where_splitting_the_sample_puts_it() -> None:
    job = JobEvent.model_validate(event("split_document")).job
    expected = batch_key(job.creator_id, job.document_id, job.version, 0)
    assert event("embed_passages") == {"batch": expected}
    assert IndexEvent.model_validate(event("index_passages")).split.batches == [expected]
