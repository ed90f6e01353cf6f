"""AWS on 127.0.0.1: moto, holding the resources that the plan names."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.plan import TRANSCRIPTIONS, EventRule, Queue, StateMachine, System, Table
from local.aws import AwsClients
from local.functions import ACCOUNT, REGION, Functions, function_arn
from local.moto_server import listen, moto_here, url_of
from local.user_pool import UserPool, create_user_pool

TRANSCRIPTION_PREFIX = "creator-coach-local"
NOTICE_SENDER = "coach@creator-coach.test"
STATE_MACHINES = Path(__file__).parent.parent / "infra" / "state_machines"


if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef, KeySchemaElementTypeDef


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running AWS with the plan's resources. Buckets, queues and the table carry their names in the plan."""

    url: str
    clients: AwsClients
    state_machine_arns: Mapping[str, str]
    queue_urls: Mapping[str, str]
    user_pool: UserPool


@contextmanager
def running_cloud(system: System, functions: Functions) -> Iterator[Cloud]:
    """Serve AWS from this process, with the system's resources in it; everything is forgotten afterwards."""
    with listen(0) as listening, moto_here(listening, functions.invoke):
        yield furnished(system, url_of(listening))


def furnished(system: System, url: str) -> Cloud:
    """Make the plan's resources in the empty AWS at `url`."""
    clients = AwsClients(url)
    _create_table(clients, system.table)
    for bucket in system.buckets:
        clients.s3.create_bucket(Bucket=bucket.name)
        if bucket.versioned:
            versioning = {"Status": "Enabled"}
            clients.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration=versioning)  # type: ignore[arg-type]
        if bucket.announces:
            clients.s3.put_bucket_notification_configuration(
                Bucket=bucket.name, NotificationConfiguration={"EventBridgeConfiguration": {}}
            )
    queue_urls = {queue.name: _create_queue(clients, queue) for queue in system.queues}
    for rule in system.rules:
        names = {bucket.name: bucket.name for bucket in system.buckets}
        _create_rule(clients, rule, {**names, TRANSCRIPTIONS: f"{TRANSCRIPTION_PREFIX}."})
    clients.ses.create_email_identity(EmailIdentity=NOTICE_SENDER)
    role = clients.iam.create_role(RoleName="local", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    for capability in system.capabilities:
        if not capability.asgi:
            _create_function(clients, capability.name, role)
    machines = {machine.name: _create_state_machine(clients, machine, role) for machine in system.state_machines}
    return Cloud(url, clients, machines, queue_urls, create_user_pool(clients.cognito, url))


def _create_table(clients: AwsClients, table: Table) -> None:
    clients.dynamodb.create_table(**described(table, table.name))
    clients.dynamodb.update_time_to_live(
        TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute}
    )


def described(table: Table, name: str) -> "CreateTableInputTypeDef":
    """Return the plan's table as DynamoDB is asked to make it."""
    keys = [table.partition_key, table.sort_key]
    keys += [key for index in table.indexes for key in (index.partition_key, index.sort_key)]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in dict.fromkeys(keys)],
        "KeySchema": _key_schema(table.partition_key, table.sort_key),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(index.partition_key, index.sort_key),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index in table.indexes
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def _key_schema(partition: str, sort: str) -> "list[KeySchemaElementTypeDef]":
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def _create_queue(clients: AwsClients, queue: Queue) -> str:
    clients.sqs.create_queue(QueueName=f"{queue.name}-dead")
    redrive = {"deadLetterTargetArn": queue_arn(f"{queue.name}-dead"), "maxReceiveCount": queue.max_receives}
    created = clients.sqs.create_queue(
        QueueName=queue.name,
        Attributes={"VisibilityTimeout": str(queue.visibility_seconds), "RedrivePolicy": json.dumps(redrive)},
    )
    return created["QueueUrl"]


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def _create_rule(clients: AwsClients, rule: EventRule, names: Mapping[str, str]) -> None:
    clients.events.put_rule(Name=rule.name, EventPattern=substituted(json.dumps(rule.pattern), names))
    clients.events.put_targets(Rule=rule.name, Targets=[{"Id": rule.queue, "Arn": queue_arn(rule.queue)}])


def _create_function(clients: AwsClients, name: str, role: str) -> None:
    clients.functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler=f"functions.{name}.handler.handler",
        Role=role,
        Code={"ZipFile": _EMPTY_ZIP},
    )


def _create_state_machine(clients: AwsClients, machine: StateMachine, role: str) -> str:
    definition = (STATE_MACHINES / f"{machine.name}.asl.json").read_text(encoding="utf-8")
    arns = {placeholder: function_arn(capability) for placeholder, capability in machine.tasks.items()}
    created = clients.stepfunctions.create_state_machine(
        name=machine.name, definition=substituted(definition, arns), roleArn=role
    )
    return created["stateMachineArn"]


def substituted(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each `${name}` replaced. Raises: ValueError if one is left."""
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    if "${" in text:
        raise ValueError(f"Nothing is known for the placeholder at: {text[text.index('${') :][:40]}")
    return text


def _zip_of_nothing() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", "")
    return buffer.getvalue()


_EMPTY_ZIP = _zip_of_nothing()
"""Lambda wants code; the local run brings its own."""
