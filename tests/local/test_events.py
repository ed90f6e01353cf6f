"""The sample events fit the plan, the contract, and each other."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from coaching.contract.ingestion import (
    BatchEvent,
    DocumentEvent,
    FailEvent,
    IndexEvent,
    JobEvent,
    PublishEvent,
    StepModel,
    UploadEvent,
)
from coaching.knowledge.work import batch_key
from infra.system import SYSTEM

EVENTS = Path(__file__).parent.parent.parent / "events"
TASKS: dict[str, type[StepModel]] = {
    "extract_document": JobEvent,
    "split_document": JobEvent,
    "embed_passages": BatchEvent,
    "index_passages": IndexEvent,
    "publish_document": PublishEvent,
    "fail_document": FailEvent,
    "remove_document": DocumentEvent,
}


def event(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return sample


def test_every_task_of_a_state_machine_has_a_sample() -> None:
    assert set(TASKS) == {name for machine in SYSTEM.state_machines for name in machine.tasks.values()}


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
    assert UploadEvent.model_validate_json(record["body"]).document_id == event("extract_document")["document_id"]


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
