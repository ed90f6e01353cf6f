"""Writes down which AWS calls the functions make, to be compared with what the plan grants them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.permissions import MAIL, TEXT_MESSAGES
from local.functions import current_capability

if TYPE_CHECKING:
    from botocore.model import OperationModel

_EVENT = "provide-client-params.*.*"
_IAM_ACTION = {
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "CreateMultipartUpload"): "PutObject",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "CompleteMultipartUpload"): "PutObject",
}
"""Where the action that IAM asks for is not named like the operation.

Source: docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""
_IN_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""A transaction needs the permissions of its parts and none of its own.

Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""


class Call(NamedTuple):
    """An AWS call by a capability's code. `operation` is the IAM action that permits it, without its service."""

    capability: str
    service: str
    operation: str
    resource: str


class CallRecorder:
    """Collects the calls made while a function runs; presigning counts as the call that it permits."""

    def __init__(self, tell: Callable[[Call], None]) -> None:
        self._tell = tell
        self._calls: set[Call] = set()
        self._lock = threading.Lock()

    def calls(self) -> frozenset[Call]:
        with self._lock:
            return frozenset(self._calls)

    def note(self, params: Mapping[str, Any], model: "OperationModel", **_: object) -> None:
        """Take a call down. Called by botocore before parameters are checked."""
        capability = current_capability.get()
        if capability is None:
            return
        service = str(model.service_model.service_name)
        for action, resource in _permissions(service, str(model.name), params):
            self._note(Call(capability, service, action, resource))

    def _note(self, call: Call) -> None:
        with self._lock:
            if call not in self._calls:
                self._calls.add(call)
                self._tell(call)


@contextmanager
def recorded_calls(tell: Callable[[Call], None] = lambda _: None) -> Iterator[CallRecorder]:
    """Record the calls of all clients whose session is made within, and `tell` each kind of call once."""
    from botocore.handlers import BUILTIN_HANDLERS

    # Every botocore session registers these when it is made, whoever makes it.
    recorder = CallRecorder(tell)
    entry = (_EVENT, recorder.note)
    BUILTIN_HANDLERS.append(entry)
    try:
        yield recorder
    finally:
        BUILTIN_HANDLERS.remove(entry)


def _permissions(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            for kind, part in item.items():
                yield _IN_A_TRANSACTION[kind], part["TableName"]
    elif operation in {"BatchWriteItem", "BatchGetItem"}:
        for table in params["RequestItems"]:
            yield operation, table
    elif operation == "DeleteObjects":
        for doomed in params["Delete"]["Objects"]:
            yield "DeleteObjectVersion" if "VersionId" in doomed else "DeleteObject", params["Bucket"]
    elif operation == "StartTranscriptionJob":
        yield operation, "speech"
        # Amazon Transcribe reads and writes with the permissions of whoever starts the job.
        yield "GetObject", params["Media"]["MediaFileUri"].split("/")[2]
        yield "PutObject", params["OutputBucketName"]
    else:
        yield _action(service, operation, params), _resource(params)


def _action(service: str, operation: str, params: Mapping[str, Any]) -> str:
    if service == "s3" and operation in {"GetObject", "DeleteObject"} and "VersionId" in params:
        return f"{operation}Version"
    return _IAM_ACTION.get((service, operation), operation)


def _resource(params: Mapping[str, Any]) -> str:
    if "TranscriptionJobName" in params:
        return "speech"
    if "FromEmailAddress" in params:
        return MAIL
    if "PhoneNumber" in params:
        return TEXT_MESSAGES
    if "taskToken" in params:
        # A token does not say whose it is: of one's own machines' tokens, those of the only one that hands any out.
        return "ingestion"
    if "IndexName" in params:
        return str(params["IndexName"])
    for name in ("TableName", "Bucket", "stateMachineArn", "QueueUrl", "FunctionName", "TopicArn"):
        if name in params:
            return str(params[name]).replace("/", ":").rsplit(":", 1)[-1]
    return ""
