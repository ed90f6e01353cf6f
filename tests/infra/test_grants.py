"""Functions may do exactly what the plan grants."""

from typing import Any

import pytest

from infra.permissions import Permission, UnknownGrant, permissions
from infra.plan import PASSAGES, SEGMENTS, Capability, Grant, PassageStore, Schedule
from infra.system import SYSTEM
from tests.infra.templates import Assembly, listed

TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
_HERE = "<AWS::Region>:<AWS::AccountId>"
BY_NAME = {
    ("speech", "itself"): "*",
    ("speech", "contents"): f"arn:<AWS::Partition>:transcribe:{_HERE}:transcription-job/creator-coach-dev.*",
    ("mail", "itself"): f"arn:<AWS::Partition>:ses:{_HERE}:identity/none",
    ("text_messages", "itself"): "*",
    ("ingestion", "contents"): f"arn:<AWS::Partition>:states:{_HERE}:stateMachine:creator-coach-dev-ingestion",
}
"""What no other resource of the template refers to."""
DEV_SYSTEM = SYSTEM.with_passages_in("s3")
READS_ITS_QUEUE = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
SENDS = {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
@pytest.mark.parametrize("capability", DEV_SYSTEM.capabilities, ids=lambda capability: capability.name)
def test_a_function_may_do_what_the_plan_grants_and_nothing_else(dev: Assembly, capability: Capability) -> None:
    function = dev.functions()[capability.name]
    role = dev.text(function["Role"]).removesuffix(".Arn>") + ">"
    granted = {
        (action, dev.text(resource))
        for statement in dev.statements(role)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    expected = {
        (action, arn_of(dev, permission))
        for grant in capability.grants
        for permission in permissions(grant, DEV_SYSTEM)
        for action in permission.actions
    }
    expected |= {(action, "*") for action in TRACES}
    if capability.name in {queue.consumer for queue in SYSTEM.queues}:
        (source,) = [
            mapping
            for mapping in dev.of("AWS::Lambda::EventSourceMapping").values()
            if dev.functions()[capability.name] == dev.of("AWS::Lambda::Function")[read_by(dev, mapping)]
        ]
        expected |= {(action, dev.text(source["EventSourceArn"])) for action in READS_ITS_QUEUE}
    expected |= {(action, dead_letters(dev, schedule)) for schedule in invoked_by(capability) for action in SENDS}
    assert granted == expected


def invoked_by(capability: Capability) -> list[Schedule]:
    return [schedule for schedule in SYSTEM.schedules if schedule.capability == capability.name]


def dead_letters(dev: Assembly, schedule: Schedule) -> str:
    """Return the ARN of the queue for what the schedule's function fails at, as `Assembly.text` writes it."""
    queues = dev.of("AWS::SQS::Queue").items()
    (found,) = [queue_id for queue_id, queue in queues if queue["QueueName"].endswith(f"-{schedule.name}-dead")]
    return f"<{found}.Arn>"


def read_by(dev: Assembly, mapping: dict[str, Any]) -> str:
    return dev.text(mapping["FunctionName"]).strip("<>")


def arn_of(dev: Assembly, permission: Permission) -> str:
    """Return the ARN that a permission is on, as `Assembly.text` writes it."""
    if (permission.resource, permission.part) in BY_NAME:
        return BY_NAME[permission.resource, permission.part]
    (table,) = dev.of("AWS::DynamoDB::Table")
    names = {
        "table": f"<{table}.Arn>",
        "due": f"<{table}.Arn>/index/due",
        "inbox": f"<{table}.Arn>/index/inbox",
        "segments": dev.environment("search")["SEGMENTS_BUCKET"].replace(">", ".Arn>"),
        "uploads": dev.environment("documents")["UPLOADS_BUCKET"].replace(">", ".Arn>"),
        "work": dev.environment("split_document")["WORK_BUCKET"].replace(">", ".Arn>"),
        "ingestion": dev.environment("documents")["INGESTION_STATE_MACHINE_ARN"],
        "deletion": dev.environment("documents")["DELETION_STATE_MACHINE_ARN"],
        "escalation": dev.environment("chat")["ESCALATION_STATE_MACHINE_ARN"],
        "switching": dev.environment("current_model")["SWITCHING_STATE_MACHINE_ARN"],
    }
    return names[permission.resource] + ("/*" if permission.part == "contents" else "")


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
@pytest.mark.parametrize("capability", SYSTEM.capabilities, ids=lambda capability: capability.name)
def test_with_a_domain_a_function_may_send_it_what_the_plan_grants(prod: Assembly, capability: Capability) -> None:
    role = prod.text(prod.functions()[capability.name]["Role"]).removesuffix(".Arn>") + ">"
    sent = {
        action: prod.text(statement["Resource"])
        for statement in prod.statements(role)
        for action in listed(statement["Action"])
        if action.startswith("es:")
    }
    (domain,) = prod.of("AWS::OpenSearchService::Domain")
    granted = {f"es:{action}" for grant in capability.grants if grant.resource == PASSAGES for action in grant.actions}
    assert sent == dict.fromkeys(granted, f"<{domain}.Arn>/*")


def test_who_may_use_the_domain_may_use_the_bucket_and_only_one_of_them_in_a_stage() -> None:
    for capability in SYSTEM.capabilities:
        touched = {grant.resource for grant in capability.grants}
        assert (PASSAGES in touched) == (SEGMENTS in touched)
        unused_beside: dict[PassageStore, str] = {"s3": PASSAGES, "opensearch": SEGMENTS}
        for store, unused in unused_beside.items():
            narrowed = SYSTEM.with_passages_in(store).capability(capability.name)
            assert {grant.resource for grant in narrowed.grants} == touched - {unused}


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_no_policy_allows_a_wildcard_of_actions(dev: Assembly, prod: Assembly) -> None:
    for assembly in (dev, prod):
        allowed = [
            action
            for resource in assembly.resources.values()
            for key in ("PolicyDocument", "AssumeRolePolicyDocument", "AccessPolicies")
            for statement in resource.get("Properties", {}).get(key, {}).get("Statement", [])
            if statement["Effect"] == "Allow"
            for action in listed(statement["Action"])
        ]
        assert len(allowed) > 100
        assert not [action for action in allowed if "*" in action]


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_roles_are_taken_by_services_of_aws_alone(dev: Assembly) -> None:
    for role in dev.of("AWS::IAM::Role").values():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            assert set(statement["Principal"]) == {"Service"}


def test_a_transaction_is_granted_by_its_parts() -> None:
    grant = Grant("table", ("PutItem", "TransactWriteItems"))
    assert permissions(grant, SYSTEM) == (Permission("table", "itself", ("dynamodb:PutItem",)),)


def test_a_transaction_without_its_parts_is_refused() -> None:
    with pytest.raises(UnknownGrant, match="parts"):
        permissions(Grant("table", ("Query", "TransactWriteItems")), SYSTEM)


def test_listing_is_granted_on_the_bucket_and_the_rest_on_its_objects() -> None:
    assert permissions(Grant("work", ("ListBucket", "DeleteObject")), SYSTEM) == (
        Permission("work", "itself", ("s3:ListBucket",)),
        Permission("work", "contents", ("s3:DeleteObject",)),
    )


def test_a_reader_is_told_of_an_object_that_is_missing() -> None:
    # Without ListBucket S3 answers 403, which reads like a mistake in the grants.
    assert permissions(Grant("work", ("GetObject", "PutObject")), SYSTEM) == (
        Permission("work", "itself", ("s3:ListBucket",)),
        Permission("work", "contents", ("s3:GetObject", "s3:PutObject")),
    )


def test_a_writer_alone_lists_nothing() -> None:
    assert permissions(Grant("work", ("PutObject",)), SYSTEM) == (Permission("work", "contents", ("s3:PutObject",)),)


def test_an_index_is_granted_by_its_own_name() -> None:
    assert permissions(Grant("due", ("Query",)), SYSTEM) == (Permission("due", "itself", ("dynamodb:Query",)),)


def test_a_grant_on_something_that_the_plan_lacks_is_refused() -> None:
    with pytest.raises(UnknownGrant, match="'nothing'"):
        permissions(Grant("nothing", ("GetItem",)), SYSTEM)


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_notices_are_sent_from_the_stages_own_address_alone(arm64: Assembly) -> None:
    assert arm64.environment("advance_escalation")["NOTICE_SENDER"] == "coach@example.com"
    role = arm64.text(arm64.functions()["advance_escalation"]["Role"]).removesuffix(".Arn>") + ">"
    [resource] = [
        arm64.text(statement["Resource"])
        for statement in arm64.statements(role)
        if "ses:SendEmail" in listed(statement["Action"])
    ]
    assert resource == f"arn:<AWS::Partition>:ses:{_HERE}:identity/coach@example.com"
