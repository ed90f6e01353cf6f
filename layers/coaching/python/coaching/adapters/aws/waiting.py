"""State machines that wait for something to happen elsewhere: under which token, and how they are told."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import Record, record, written
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import CoachingError, NotFound, Unavailable
from coaching.knowledge.job import Job
from coaching.knowledge.ports import TaskTokens, WaitingTasks

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

KEPT_SECONDS = 24 * 60 * 60
"""Longer than any state machine waits here, with all its retries."""
_NO_LONGER_WAITS = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
"""Source: docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    token: str


@dataclass(frozen=True, slots=True)
class DynamoDBTaskTokens(TaskTokens):
    """`clock` returns seconds since 1970."""

    table: DynamoDBTable
    clock: Callable[[], float] = time.time

    def keep(self, job: Job, token: str) -> None:
        attributes: Record = {
            "data": {"S": written(_Waiting(token))},
            "expires_at": {"N": str(ceil(self.clock() + KEPT_SECONDS))},
        }
        with translated_errors():
            self.table.client().put_item(TableName=self.table.name, Item=record(_place(job), attributes))

    def of(self, job: Job) -> str:
        try:
            return self.table.get(_Waiting, _place(job)).token
        except NotFound as error:
            raise NotFound("Nobody waits for this.") from error


@dataclass(frozen=True, slots=True)
class StepFunctionsWaitingTasks(WaitingTasks):
    """An error arrives as one does that a function raised, so that the same Catch reads both."""

    client: "Callable[[], SFNClient]"

    def succeed(self, token: str) -> None:
        with _whoever_waits():
            self.client().send_task_success(taskToken=token, output="{}")

    def fail(self, token: str, error: CoachingError) -> None:
        name = type(error).__name__
        cause = json.dumps({"errorMessage": str(error), "errorType": name})
        with _whoever_waits():
            self.client().send_task_failure(taskToken=token, error=name, cause=cause)


@contextmanager
def _whoever_waits() -> Iterator[None]:
    from botocore.exceptions import ClientError

    try:
        with translated_errors(Unavailable):
            yield
    except ClientError as error:
        if error_code(error) not in _NO_LONGER_WAITS:
            raise


def _place(job: Job) -> Key:
    return keys.waiting(job.creator_id, job.document_id, job.version, job.attempt)
