"""Escalations, rotas and what is remembered of users in danger, in DynamoDB."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.due import due_at, due_records
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import Record, place, record, written
from coaching.adapters.aws.table import ABSENT, DynamoDBTable
from coaching.adapters.cursors import cursor_after, last_before
from coaching.errors import NotFound, StaleWrite
from coaching.safety.escalation.ports import DueEscalations, EscalationList, Escalations, RaisedEscalations, Rotas
from coaching.safety.escalation.record import Escalation, EscalationId, Status
from coaching.safety.escalation.rota import Rota
from coaching.safety.watching import WatchedUser, WatchedUsers
from coaching.vocabulary import CreatorId, Page, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

INDEX = "inbox"
BEFORE_ALL = "#"
"""Ranks begin with a digit, and no key is empty."""


@dataclass(frozen=True, slots=True)
class _Current:
    """What stands with the user: which escalation is theirs until it is resolved."""

    escalation_id: EscalationId


@dataclass(frozen=True, slots=True)
class DynamoDBEscalations(Escalations, RaisedEscalations, EscalationList, DueEscalations):
    """The record of an escalation and the user's pointer to it are made, and resolved, in one transaction."""

    table: DynamoDBTable

    def get(self, creator_id: CreatorId, escalation_id: EscalationId) -> Escalation:
        return self.table.get(Escalation, keys.escalation(creator_id, escalation_id))

    def save(self, escalation: Escalation) -> Escalation:
        if escalation.status != "resolved":
            return self.table.save(_key(escalation), escalation, _beside(escalation))
        after = replace(escalation, revision=escalation.revision + 1)
        self._write_both(
            {
                "Put": {
                    "TableName": self.table.name,
                    "Item": record(_key(after), _attributes(after)),
                    "ConditionExpression": "revision = :read",
                    "ExpressionAttributeValues": {":read": {"N": str(escalation.revision)}},
                }
            },
            {"Delete": {"TableName": self.table.name, "Key": place(_pointer(after))}},
        )
        return after

    def current(self, creator_id: CreatorId, user_id: UserId) -> Escalation | None:
        try:
            pointer = self.table.get(_Current, keys.current_escalation(creator_id, user_id))
            return self.get(creator_id, pointer.escalation_id)
        except NotFound:
            return None

    def create(self, escalation: Escalation) -> bool:
        first = replace(escalation, revision=1)
        pointer: Record = {"data": {"S": written(_Current(escalation.escalation_id))}}
        try:
            self._write_both(
                {
                    "Put": {
                        "TableName": self.table.name,
                        "Item": record(_key(first), _attributes(first)),
                        "ConditionExpression": ABSENT,
                    }
                },
                {
                    "Put": {
                        "TableName": self.table.name,
                        "Item": record(_pointer(first), pointer),
                        "ConditionExpression": ABSENT,
                    }
                },
            )
        except StaleWrite:
            return False
        return True

    def page(self, creator_id: CreatorId, status: Status | None, *, limit: int, cursor: str | None) -> Page[Escalation]:
        """Of the index, which holds keys alone, the records are read whole; those of another status are passed over."""
        scope = ("escalations", creator_id, status or "")
        last = BEFORE_ALL if cursor is None else last_before(scope, cursor)
        found: list[Escalation] = []
        for escalation in self._listed(creator_id, status, last, limit + 1):
            found.append(escalation)
            if len(found) > limit:
                return Page(tuple(found[:limit]), cursor_after(scope, found[limit - 1].rank))
        return Page(tuple(found))

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, EscalationId], ...]:
        found = due_records(self.table, "escalation", at, limit=limit)
        return tuple((creator_id, EscalationId(escalation_id)) for creator_id, escalation_id in found)

    def _listed(self, creator_id: CreatorId, status: Status | None, last: str, at_once: int) -> Iterator[Escalation]:
        request: QueryInputTypeDef = {
            "TableName": self.table.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "inbox = :inbox AND inbox_rank > :last",
            "ExpressionAttributeValues": {":inbox": {"S": keys.inbox(creator_id, _part(status))}, ":last": {"S": last}},
            "Limit": at_once,
        }
        while True:
            with translated_errors():
                answer = self.table.client().query(**request)
            wanted = [Key(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]
            # What is kept now counts; the index may lag behind.
            now = [each for each in self.table.get_each(Escalation, wanted) if _part(each.status) == _part(status)]
            yield from (each for each in sorted(now, key=lambda each: each.rank) if status in (None, each.status))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _write_both(self, *writes: "TransactWriteItemTypeDef") -> None:
        try:
            with translated_errors():
                self.table.client().transact_write_items(TransactItems=list(writes))
        except ConditionFailed as error:
            raise StaleWrite("Somebody else changed this escalation meanwhile; read it again and retry.") from error


@dataclass(frozen=True, slots=True)
class DynamoDBRotas(Rotas):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId) -> Rota:
        try:
            return self.table.get(Rota, keys.rota(creator_id))
        except NotFound:
            return Rota(creator_id)

    def save(self, rota: Rota) -> Rota:
        return self.table.save(keys.rota(rota.creator_id), rota)


@dataclass(frozen=True, slots=True)
class DynamoDBWatchedUsers(WatchedUsers):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, user_id: UserId) -> WatchedUser:
        try:
            return self.table.get(WatchedUser, keys.safety(creator_id, user_id))
        except NotFound:
            return WatchedUser(creator_id, user_id)

    def save(self, user: WatchedUser) -> WatchedUser:
        return self.table.save(keys.safety(user.creator_id, user.user_id), user)


def _key(escalation: Escalation) -> Key:
    return keys.escalation(escalation.creator_id, escalation.escalation_id)


def _pointer(escalation: Escalation) -> Key:
    return keys.current_escalation(escalation.creator_id, escalation.user_id)


def _attributes(escalation: Escalation) -> Record:
    kept: Record = {"data": {"S": written(escalation)}, "revision": {"N": str(escalation.revision)}}
    return kept | _beside(escalation)


def _beside(escalation: Escalation) -> Record:
    """Return what the indexes list it by."""
    inbox = keys.inbox(escalation.creator_id, _part(escalation.status))
    listed: Record = {"inbox": {"S": inbox}, "inbox_rank": {"S": escalation.rank}}
    return listed | due_at("escalation", escalation.escalation_id, escalation.next_at)


def _part(status: Status | None) -> str:
    return "resolved" if status == "resolved" else "unresolved"
