"""One contract per change that we make to moto: each fails when moto no longer is what was changed."""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local.aws import AwsClients
from local.functions import Json
from local.loopback import fetch_json
from tests.support.small_cloud import SmallCloud

pytestmark = pytest.mark.xdist_group("aws")


class Busy(Exception):
    pass


class Unusable(Exception):
    pass


def run(aws: SmallCloud, name: str = "", **event: Json) -> dict[str, Any]:
    """Start the state machine and return how it ended."""
    stepfunctions = aws.cloud.clients.stepfunctions
    started = stepfunctions.start_execution(
        stateMachineArn=aws.cloud.state_machine_arns["working"],
        name=name or uuid4().hex,
        input=json.dumps({"items": [], **event}),
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        described = stepfunctions.describe_execution(executionArn=started["executionArn"])
        if described["status"] != "RUNNING":
            return dict(described)
        time.sleep(0.02)
    raise TimeoutError("the execution did not end")


def test_starting_moto_leaves_ec2_out() -> None:
    program = (
        "import sys; from local import moto_patches; moto_patches.before_import();"
        "import moto.stepfunctions.parser.models, moto.awslambda.models; print('moto.ec2' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == "False"


def test_state_machines_are_executed(aws: SmallCloud) -> None:
    aws.board.handlers["work"] = lambda event, _: {"got": event["number"]}
    ended = run(aws, number=7)
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["worked"] == {"got": 7}


def test_lambda_runs_the_function_in_this_process(aws: SmallCloud) -> None:
    aws.board.handlers["work"] = lambda event, context: {"event": event, "function": context.function_name}
    answer = aws.cloud.clients.functions.invoke(FunctionName="work", Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"event": {"a": 1}, "function": "work"}
    assert "FunctionError" not in answer


def test_a_failed_function_tells_its_error_by_class_name(aws: SmallCloud) -> None:
    def fail(_event: object, _context: object) -> None:
        raise Unusable("this file is empty")

    aws.board.handlers["work"] = fail
    answer = aws.cloud.clients.functions.invoke(FunctionName="work", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    payload = json.loads(answer["Payload"].read())
    assert (payload["errorType"], payload["errorMessage"]) == ("Unusable", "this file is empty")


def test_a_state_machine_catches_an_error_by_class_name_and_hands_its_message_on(aws: SmallCloud) -> None:
    def fail(_event: object, _context: object) -> None:
        raise Unusable("this file is empty")

    aws.board.handlers["work"] = fail
    error = json.loads(run(aws)["output"])["error"]
    assert error["Error"] == "Unusable"
    assert json.loads(error["Cause"])["errorMessage"] == "this file is empty"


def test_a_state_machine_retries_an_error_by_class_name(aws: SmallCloud) -> None:
    def busy_once(_event: object, _context: object) -> Json:
        if len(aws.board.events["work"]) == 1:
            raise Busy
        return {}

    aws.board.handlers["work"] = busy_once
    assert run(aws)["status"] == "SUCCEEDED"
    assert len(aws.board.events["work"]) == 2


def test_an_error_that_nothing_names_ends_the_execution(aws: SmallCloud) -> None:
    aws.board.handlers["work"] = lambda *_: 1 / 0
    ended = run(aws)
    assert (ended["status"], ended["error"]) == ("FAILED", "ZeroDivisionError")


def test_a_function_over_its_time_fails_in_the_state_machine(aws: SmallCloud) -> None:
    aws.board.handlers["work"] = lambda *_: time.sleep(3)
    assert run(aws)["error"] == "Sandbox.Timedout"


def test_side_by_side_tasks_use_no_default_session(aws: SmallCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    aws.board.handlers["each"] = lambda event, _: {"twice": 2 * event}
    ended = run(aws, items=list(range(12)))
    assert json.loads(ended["output"])["each"] == [{"twice": 2 * number} for number in range(12)]
    assert boto3.DEFAULT_SESSION is None


def test_an_execution_started_many_times_at_once_runs_once(aws: SmallCloud) -> None:
    release = threading.Event()
    aws.board.handlers["work"] = lambda *_: {"released": release.wait(1)}
    arns: list[str] = []

    def start() -> None:
        started = aws.cloud.clients.stepfunctions.start_execution(
            stateMachineArn=aws.cloud.state_machine_arns["working"], name="at-once", input='{"items": []}'
        )
        arns.append(started["executionArn"])

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    release.set()
    listed = aws.cloud.clients.stepfunctions.list_executions(stateMachineArn=aws.cloud.state_machine_arns["working"])
    named = [execution for execution in listed["executions"] if execution["name"] == "at-once"]
    assert (len(arns), len(set(arns)), len(named)) == (8, 1, 1)


def test_a_finished_execution_is_not_started_again_under_its_name(aws: SmallCloud) -> None:
    run(aws, "same")
    with pytest.raises(aws.cloud.clients.stepfunctions.exceptions.ExecutionAlreadyExists):
        run(aws, "same")


def received(aws: SmallCloud) -> list[dict[str, Any]]:
    answer = aws.cloud.clients.sqs.receive_message(QueueUrl=aws.cloud.queue_urls["letters"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_an_upload_is_announced_once_in_the_shape_of_s3(aws: SmallCloud) -> None:
    key = "uploads/demo/01JB/my notes & ümläuts+.md"
    etag = aws.cloud.clients.s3.put_object(Bucket="uploads", Key=key, Body=b"hello")["ETag"].strip('"')
    [event] = received(aws)
    assert event["source"] == "aws.s3"
    assert event["detail-type"] == "Object Created"
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    detail = event["detail"]
    assert detail["bucket"] == {"name": "uploads"}
    assert {name: detail["object"][name] for name in ("key", "size", "etag")} == {"key": key, "size": 5, "etag": etag}
    assert detail["object"]["version-id"]
    assert detail["reason"] == "PutObject"


def test_each_upload_has_an_event_of_its_own(aws: SmallCloud) -> None:
    for _ in range(2):
        aws.cloud.clients.s3.put_object(Bucket="uploads", Key="uploads/a", Body=b"same")
    first, second = received(aws)
    assert first["id"] != second["id"]
    assert first["detail"]["object"]["sequencer"] < second["detail"]["object"]["sequencer"]


def test_what_the_rule_does_not_name_is_not_announced(aws: SmallCloud) -> None:
    aws.cloud.clients.s3.put_object(Bucket="uploads", Key="elsewhere/a", Body=b"x")
    aws.cloud.clients.s3.delete_object(Bucket="uploads", Key="elsewhere/a")
    assert received(aws) == []


def test_parts_of_an_upload_that_was_aborted_belong_to_no_upload(aws: SmallCloud) -> None:
    s3 = aws.cloud.clients.s3
    upload = {"Bucket": "uploads", "Key": "elsewhere/large"}
    begun = s3.create_multipart_upload(**upload)["UploadId"]  # type: ignore[arg-type]  # of str alone
    s3.abort_multipart_upload(UploadId=begun, **upload)  # type: ignore[arg-type]
    parts = {"Parts": [{"PartNumber": 1, "ETag": "a"}]}
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.complete_multipart_upload(UploadId=begun, MultipartUpload=parts, **upload)  # type: ignore[arg-type]


def test_moto_looks_for_its_services_once(aws: SmallCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    listdir = os.listdir

    def watched(path: str = ".") -> list[str]:
        looked.append(str(path))
        return listdir(path)

    monkeypatch.setattr(os, "listdir", watched)
    aws.cloud.clients.sqs.list_queues()
    assert [path for path in looked if path.endswith("/moto")] == []


def test_a_refused_transaction_loses_nothing_that_others_write_meanwhile(aws: SmallCloud) -> None:
    dynamodb = AwsClients(aws.cloud.url).dynamodb
    dynamodb.create_table(
        TableName="patched",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )

    def refused(_: int) -> None:
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": "patched",
                            "Item": {"pk": {"S": "never"}},
                            "ConditionExpression": "attribute_exists(pk)",
                        }
                    }
                ]
            )

    def written(number: int) -> None:
        dynamodb.put_item(TableName="patched", Item={"pk": {"S": str(number)}})

    with ThreadPoolExecutor(8) as pool:
        for ended in [pool.submit(work, number) for number in range(40) for work in (refused, written)]:
            ended.result(timeout=30)
    kept = dynamodb.scan(TableName="patched")["Items"]
    assert {item["pk"]["S"] for item in kept} == {str(number) for number in range(40)}


@pytest.mark.parametrize("sort", [{}, {"sk": {"S": "b"}}], ids=["one_key", "two_keys"])
def test_a_refused_transaction_takes_its_updates_back(aws: SmallCloud, sort: dict[str, Any]) -> None:
    dynamodb, name = AwsClients(aws.cloud.url).dynamodb, f"updated{len(sort)}"
    kinds = {"pk": "HASH", "sk": "RANGE"}
    key: dict[str, Any] = {"pk": {"S": "a"}, **sort}
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": part, "KeyType": kinds[part]} for part in key],  # type: ignore[typeddict-item]
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in key],
        BillingMode="PAY_PER_REQUEST",
    )
    count = {"UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    dynamodb.update_item(TableName=name, Key=key, **count)  # type: ignore[arg-type]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[
                {"Update": {"TableName": name, "Key": key, **count}},  # type: ignore[typeddict-item]
                {
                    "Put": {
                        "TableName": name,
                        "Item": {**key, "pk": {"S": "never"}},
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    assert dynamodb.get_item(TableName=name, Key=key)["Item"]["seen"] == {"N": "1"}


def test_of_many_conditional_writes_at_once_one_succeeds(aws: SmallCloud) -> None:
    s3 = aws.cloud.clients.s3

    def refusal(number: int) -> str:
        try:
            s3.put_object(Bucket="uploads", Key="once", Body=str(number).encode(), IfNoneMatch="*")
        except s3.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return ""

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(refusal, range(40))) == ["", *["PreconditionFailed"] * 39]
    s3.delete_object(Bucket="uploads", Key="once")


def test_what_was_sent_is_told_though_there_are_functions(aws: SmallCloud) -> None:
    clients = aws.cloud.clients
    assert clients.functions.list_functions()["Functions"]
    text = f"hello {uuid4().hex}"
    clients.sns.publish(PhoneNumber="+4915112345678", Message=text)
    told = fetch_json(f"{aws.cloud.url}/moto-api/data.json")
    assert set(told) == {"ses", "sns"}
    assert [each["phone_number"] for each in told["sns"]["SMS"] if each["message"] == text] == ["+4915112345678"]
