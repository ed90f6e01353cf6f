"""The AWS calls of functions are written down as the permissions that they need."""

from typing import Any

import boto3
import pytest

from local.aws import CREDENTIALS
from local.functions import current_capability
from local.recorder import Call, recorded_calls
from tests.support.small_cloud import SmallCloud

DEADLINE_SECONDS = 60.0
pytestmark = pytest.mark.xdist_group("aws")


def client(aws: SmallCloud, service: str) -> Any:
    return boto3.session.Session(
        CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1"
    ).client(service, endpoint_url=aws.cloud.url)


def test_a_call_is_noted_with_its_capability_and_resource(aws: SmallCloud) -> None:
    aws.board.handlers["work"] = lambda *_: client(aws, "s3").put_object(Bucket="uploads", Key="a", Body=b"x") and {}
    with recorded_calls() as recorder:
        # However long it takes: making a client is slow on a busy machine.
        aws.functions.start("work", {}).result(DEADLINE_SECONDS)
    assert recorder.calls() == {Call("work", "s3", "PutObject", "uploads")}


def test_calls_of_the_local_run_itself_are_not_noted(aws: SmallCloud) -> None:
    with recorded_calls() as recorder:
        client(aws, "s3").put_object(Bucket="uploads", Key="a", Body=b"x")
    assert recorder.calls() == frozenset()


def test_nothing_is_noted_when_nobody_records(aws: SmallCloud) -> None:
    with recorded_calls() as recorder:
        pass
    aws.board.handlers["work"] = lambda *_: client(aws, "s3").list_buckets() and {}
    aws.functions.start("work", {}).result(DEADLINE_SECONDS)
    assert recorder.calls() == frozenset()


def test_each_kind_of_call_is_told_once(aws: SmallCloud) -> None:
    told: list[Call] = []
    with recorded_calls(told.append):
        token = current_capability.set("work")
        s3 = client(aws, "s3")
        for key in ("a", "b"):
            s3.put_object(Bucket="uploads", Key=key, Body=b"x")
        current_capability.reset(token)
    assert told == [Call("work", "s3", "PutObject", "uploads")]


ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
CALLS: list[tuple[str, str, dict[str, Any], set[tuple[str, str]]]] = [
    ("s3", "list_objects_v2", {"Bucket": "uploads"}, {("ListBucket", "uploads")}),
    ("s3", "list_object_versions", {"Bucket": "uploads"}, {("ListBucketVersions", "uploads")}),
    (
        "s3",
        "delete_objects",
        {"Bucket": "uploads", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "1"}]}},
        {("DeleteObject", "uploads"), ("DeleteObjectVersion", "uploads")},
    ),
    ("dynamodb", "get_item", {"TableName": "coaching", "Key": ITEM}, {("GetItem", "coaching")}),
    (
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {"coaching": [{"DeleteRequest": {"Key": ITEM}}]}},
        {("BatchWriteItem", "coaching")},
    ),
    (
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "coaching", "Item": ITEM}},
                {"Delete": {"TableName": "coaching", "Key": {**ITEM, "sk": {"S": "c"}}}},
            ]
        },
        {("PutItem", "coaching"), ("DeleteItem", "coaching")},
    ),
]


@pytest.mark.parametrize(("service", "method", "params", "permissions"), CALLS, ids=[call[1] for call in CALLS])
def test_a_call_is_noted_as_what_iam_asks_for(
    aws: SmallCloud, service: str, method: str, params: dict[str, Any], permissions: set[tuple[str, str]]
) -> None:
    with recorded_calls() as recorder:
        token = current_capability.set("work")
        getattr(client(aws, service), method)(**params)
        current_capability.reset(token)
    assert {(call.operation, call.resource) for call in recorder.calls()} == permissions


def test_presigning_counts_as_the_call_that_it_permits(aws: SmallCloud) -> None:
    with recorded_calls() as recorder:
        token = current_capability.set("documents")
        client(aws, "s3").generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "a"})
        current_capability.reset(token)
    assert recorder.calls() == {Call("documents", "s3", "PutObject", "uploads")}


def test_starting_a_state_machine_is_noted_by_its_name(aws: SmallCloud) -> None:
    arn = aws.cloud.state_machine_arns["working"]
    with recorded_calls() as recorder:
        token = current_capability.set("documents")
        client(aws, "stepfunctions").start_execution(stateMachineArn=arn, name="noted", input='{"items": []}')
        current_capability.reset(token)
    assert recorder.calls() == {Call("documents", "stepfunctions", "StartExecution", "working")}
