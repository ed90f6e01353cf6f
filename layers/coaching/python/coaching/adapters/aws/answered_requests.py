"""Answers kept per idempotency key in DynamoDB."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import Record, place
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import Invalid, StillRunning
from coaching.idempotency import KEPT_SECONDS, Answer, AnsweredRequests
from coaching.vocabulary import Identity

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_MINE_AND_OPEN = "fingerprint = :fingerprint AND attribute_not_exists(answer_status)"
# DynamoDB deletes what has expired within days, not at once, so the time is part of the condition.
_FREE = f"attribute_not_exists(pk) OR expires_at <= :now OR ({_MINE_AND_OPEN} AND leased_until <= :now)"


@dataclass(frozen=True, slots=True)
class DynamoDBAnsweredRequests(AnsweredRequests):
    """`clock` returns seconds since 1970."""

    table: DynamoDBTable
    clock: Callable[[], float] = time.time

    def begin(self, identity: Identity, key: str, fingerprint: str, *, lease_seconds: int) -> Answer | None:
        moment = self.clock()
        claim: Record = {
            "fingerprint": {"S": fingerprint},
            "leased_until": _seconds(moment + lease_seconds),
            "expires_at": _seconds(moment + KEPT_SECONDS),
        }
        values: Record = {":now": _seconds(floor(moment)), ":fingerprint": {"S": fingerprint}}
        try:
            self.table.put(_place(identity, key), claim, _FREE, values)
        except ConditionFailed as failed:
            return _kept_answer(dict(failed.found), fingerprint)
        return None

    def finish(self, identity: Identity, key: str, fingerprint: str, answer: Answer) -> None:
        kept: Record = {
            "fingerprint": {"S": fingerprint},
            "answer_status": {"N": str(answer.status)},
            "answer_body": {"S": answer.body},
            "expires_at": _seconds(self.clock() + KEPT_SECONDS),
        }
        condition = f"attribute_not_exists(pk) OR ({_MINE_AND_OPEN})"
        try:
            self.table.put(_place(identity, key), kept, condition, {":fingerprint": {"S": fingerprint}})
        except ConditionFailed:
            return  # Whoever took the claim over has answered; the first answer stays.

    def drop(self, identity: Identity, key: str, fingerprint: str) -> None:
        try:
            with translated_errors():
                self.table.client().delete_item(
                    TableName=self.table.name,
                    Key=place(_place(identity, key)),
                    ConditionExpression=_MINE_AND_OPEN,
                    ExpressionAttributeValues={":fingerprint": {"S": fingerprint}},
                )
        except ConditionFailed:
            return  # There is no open claim to give up.


def _place(identity: Identity, key: str) -> Key:
    return keys.request(identity.creator_id, identity.user_id, key)


def _kept_answer(found: Record, fingerprint: str) -> Answer:
    if found["fingerprint"]["S"] != fingerprint:
        raise Invalid("This Idempotency-Key was used for another request; choose a new one.")
    if "answer_status" not in found:
        raise StillRunning("The same request is still being worked on; ask again shortly.")
    return Answer(int(found["answer_status"]["N"]), found["answer_body"]["S"])


def _seconds(moment: float) -> "AttributeValueTypeDef":
    return {"N": str(ceil(moment))}
