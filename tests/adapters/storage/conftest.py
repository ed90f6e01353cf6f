"""AWS as moto answers it over HTTP on the loopback, with the table as it is deployed."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

import pytest
from moto.server import ThreadedMotoServer

from coaching.adapters.aws.clients import dynamodb_client, s3_client, stepfunctions_client
from coaching.adapters.aws.table import DynamoDBTable
from coaching.vocabulary import new_ulid
from infra.system import SYSTEM
from local.cloud import described

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class OneAtATime:
    """A client whose calls take turns.

    DynamoDB's transactions are atomic; moto's restore a copy of the whole table when they fail, which loses what
    other threads wrote meanwhile.
    """

    client: Any
    lock: Any

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.client, name)

        def in_turn(**request: Any) -> Any:
            with self.lock:
                return operation(**request)

        return in_turn


@pytest.fixture(scope="session")
def aws_address() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        for client in (dynamodb_client, s3_client, stepfunctions_client):
            client(f"http://{host}:{port}").close()
        server.stop()


@pytest.fixture(scope="session")
def dynamodb(aws_address: str) -> "DynamoDBClient":
    return cast("DynamoDBClient", OneAtATime(dynamodb_client(aws_address), RLock()))


@pytest.fixture(scope="session")
def s3(aws_address: str) -> "S3Client":
    return s3_client(aws_address)


@pytest.fixture(scope="session")
def stepfunctions(aws_address: str) -> "SFNClient":
    return stepfunctions_client(aws_address)


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> Iterator[DynamoDBTable]:
    name = f"coaching-{new_ulid()}"
    dynamodb.create_table(**described(SYSTEM.table, name))
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": SYSTEM.table.ttl_attribute}
    )
    yield DynamoDBTable(lambda: dynamodb, name)
    dynamodb.delete_table(TableName=name)


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = f"coaching-{new_ulid().lower()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name
