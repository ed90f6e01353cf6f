"""The edge of functions that a queue or a state machine invokes."""

import json
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching.contract.ingestion import Done, FailEvent, JobEvent, UploadEvent
from coaching.entrypoint.queues import each_record
from coaching.entrypoint.tasks import UnexpectedError, task
from coaching.errors import Malformed, NotFound, StorageUnavailable, UnusableDocument

JOB = {"creator_id": "demo", "document_id": "01JB0000000000000000000001", "version": 1, "attempt": 1}


def upload(name: str) -> str:
    return json.dumps({"detail": {"object": {"key": f"uploads/demo/01JB/{name}", "etag": "etag-1"}}})


def batch(*bodies: str) -> dict[str, Any]:
    records = [
        {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "attributes": {}, "receiptHandle": "r"}
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_one_bad_message_does_not_hold_the_others_up(context: LambdaContext) -> None:
    done: list[str] = []

    def work(event: UploadEvent) -> None:
        if "broken" in event.detail.object.key:
            raise StorageUnavailable("The table does not answer.")
        done.append(event.document_id)

    answer = each_record(batch(upload("a.md"), upload("broken.md"), upload("b.md")), context, UploadEvent, work)
    assert (failures(answer), len(done)) == (["1"], 2)


def test_a_message_about_something_that_is_gone_is_done_with(context: LambdaContext) -> None:
    def work(event: UploadEvent) -> None:
        raise NotFound("There is no such document.")

    assert failures(each_record(batch(upload("a.md")), context, UploadEvent, work)) == []


@pytest.mark.parametrize(
    "body", ["{}", "no json", '{"detail": {"object": {"key": "uploads/../x", "etag": "e"}}}', upload("")]
)
def test_a_message_that_cannot_be_read_goes_back_towards_the_dead_letter_queue(
    context: LambdaContext, body: str
) -> None:
    assert failures(each_record(batch(body), context, UploadEvent, lambda _: None)) == ["0"]


def test_a_step_gets_its_event_and_gives_its_result(context: LambdaContext) -> None:
    seen: list[JobEvent] = []

    @task(JobEvent)
    def handler(event: JobEvent) -> Done:
        seen.append(event)
        return Done()

    assert handler({**JOB, "split": {"ignored": True}}, context) == {}
    assert seen[0].job.document_id == JOB["document_id"]


def test_a_named_error_leaves_a_step_by_its_name(context: LambdaContext) -> None:
    @task(JobEvent)
    def handler(event: JobEvent) -> Done:
        raise UnusableDocument("encrypted", "This pdf is locked.")

    with pytest.raises(UnusableDocument, match=r"\[encrypted\] This pdf is locked\."):
        handler(JOB, context)


def test_any_other_error_leaves_a_step_without_its_message(context: LambdaContext, logged: StringIO) -> None:
    @task(JobEvent)
    def handler(event: JobEvent) -> Done:
        raise RuntimeError("words of the user")

    with pytest.raises(UnexpectedError, match=r"^RuntimeError$"):
        handler(JOB, context)
    assert "words of the user" not in logged.getvalue()


def test_an_event_that_does_not_fit_is_malformed(context: LambdaContext) -> None:
    @task(JobEvent)
    def handler(event: JobEvent) -> Done:
        return Done()

    with pytest.raises(Malformed, match="version"):
        handler({**JOB, "version": "first"}, context)


@pytest.mark.parametrize(
    ("error", "cause", "code"),
    [
        ("UnusableDocument", json.dumps({"errorMessage": "[corrupt] It is damaged."}), "corrupt"),
        ("States.Timeout", "", "timeout"),
        ("Sandbox.Timedout", json.dumps({"errorMessage": "RequestId: 1 Error: Task timed out"}), "timeout"),
        ("Lambda.Unknown", "2026-11-23 Task timed out after 300.00 seconds", "timeout"),
        ("UnexpectedError", json.dumps({"errorMessage": "KeyError"}), "internal"),
        ("States.TaskFailed", "not json", "internal"),
        ("States.TaskFailed", "[]", "internal"),
    ],
)
def test_whatever_a_state_machine_caught_has_a_code_and_a_sentence(error: str, cause: str, code: str) -> None:
    caught = FailEvent.model_validate({**JOB, "error": {"Error": error, "Cause": cause}}).error.code_and_message()
    assert caught[0] == code
    assert caught[1].endswith(".")
