"""From the plan's grants to IAM: which actions on which part of a resource. No CDK here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from infra.plan import PASSAGES, Grant, System

SPEECH: Final = "speech"
MAIL: Final = "mail"
"""Amazon SES, from the stage's own address."""
TEXT_MESSAGES: Final = "text_messages"
"""Amazon SNS to phone numbers, which have no ARN.

Source: docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html
"""
Part = Literal["itself", "contents"]
"""`contents` are a bucket's objects, the paths below a search domain, a state machine's tasks that wait for a token, or
the stage's own transcription jobs."""
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html: these act on the bucket.
_ON_THE_BUCKET: Final = frozenset({"ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"})
_ON_WAITING_TASKS: Final = frozenset({"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"})
# The other actions of Amazon Transcribe that we use are on a job.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontranscribe.html
_ON_NO_JOB: Final = frozenset({"StartTranscriptionJob"})
# Who may not list a bucket is told 403 of an object that is not there, instead of 404.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
_TELLS_WHAT_IS_MISSING: Final = "ListBucket"
_READS: Final = frozenset({"GetObject", "GetObjectVersion"})
# IAM has no action for a transaction: each of its parts needs the permission that it needs alone.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_TRANSACTIONS: Final = frozenset({"TransactWriteItems", "TransactGetItems"})
_PARTS_OF_TRANSACTIONS: Final = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"})


class UnknownGrant(Exception):
    """The plan grants something that cannot be translated."""


@dataclass(frozen=True, slots=True)
class Permission:
    """IAM actions with their service, on one part of the plan's `resource` (for the table also an index's name)."""

    resource: str
    part: Part
    actions: tuple[str, ...]


def permissions(grant: Grant, system: System) -> tuple[Permission, ...]:
    """Translate one grant; reading a bucket's objects brings being told which are missing. Raises: UnknownGrant."""
    return tuple(permission for permission in _translated(grant, system) if permission.actions)


def _translated(grant: Grant, system: System) -> Iterator[Permission]:
    name = grant.resource
    if name == "table" or name in {index.name for index in system.table.indexes}:
        yield Permission(name, "itself", _prefixed("dynamodb", _without_transactions(grant)))
    elif name in {bucket.name for bucket in system.buckets}:
        whole = tuple(action for action in grant.actions if action in _ON_THE_BUCKET)
        if _READS & set(grant.actions) and _TELLS_WHAT_IS_MISSING not in whole:
            whole = (*whole, _TELLS_WHAT_IS_MISSING)
        objects = tuple(action for action in grant.actions if action not in _ON_THE_BUCKET)
        yield Permission(name, "itself", _prefixed("s3", whole))
        yield Permission(name, "contents", _prefixed("s3", objects))
    elif name in {machine.name for machine in system.state_machines}:
        tasks = tuple(action for action in grant.actions if action in _ON_WAITING_TASKS)
        whole = tuple(action for action in grant.actions if action not in _ON_WAITING_TASKS)
        yield Permission(name, "itself", _prefixed("states", whole))
        yield Permission(name, "contents", _prefixed("states", tasks))
    elif name == PASSAGES:
        yield Permission(name, "contents", _prefixed("es", grant.actions))
    elif name == MAIL:
        yield Permission(name, "itself", _prefixed("ses", grant.actions))
    elif name == TEXT_MESSAGES:
        yield Permission(name, "itself", _prefixed("sns", grant.actions))
    elif name == SPEECH:
        anywhere = tuple(action for action in grant.actions if action in _ON_NO_JOB)
        on_jobs = tuple(action for action in grant.actions if action not in _ON_NO_JOB)
        yield Permission(name, "itself", _prefixed("transcribe", anywhere))
        yield Permission(name, "contents", _prefixed("transcribe", on_jobs))
    else:
        raise UnknownGrant(f"The plan grants something on {name!r}, which it does not have.")


def _without_transactions(grant: Grant) -> tuple[str, ...]:
    alone = tuple(action for action in grant.actions if action not in _TRANSACTIONS)
    if len(alone) < len(grant.actions) and not _PARTS_OF_TRANSACTIONS & set(alone):
        raise UnknownGrant(f"A transaction on {grant.resource!r} needs the actions of its parts granted too.")
    return alone


def _prefixed(service: str, actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{service}:{action}" for action in actions)
