"""The index `due`: records that must be looked after at a time, spread over a few partitions.

Documents that wait in line have partitions of their own: however many one creator sent, they hide none that is stuck.
So have escalations, which wait behind no document.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from coaching.adapters.aws.errors import translated_errors
from coaching.adapters.aws.keys import DELIMITER
from coaching.adapters.aws.records import Record
from coaching.adapters.aws.table import DynamoDBTable
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DueDocuments
from coaching.vocabulary import CreatorId, DocumentId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

INDEX = "due"
Kind = Literal["document", "line", "escalation"]
OF_DOCUMENTS: tuple[Kind, ...] = ("document", "line")
SHARDS = 4
"""Of each kind. Each takes about a thousand writes in a second.

Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""


def due(document: Document) -> Record:
    """Return the attributes that put the document's own record into the index; none where nothing is due."""
    return due_at("line" if document.status == "received" else "document", document.document_id, document.due_at)


def due_at(kind: Kind, record_id: str, moment: datetime | None) -> Record:
    """Return the attributes that put a record into the index at a moment; none without one."""
    if moment is None:
        return {}
    shard = _shard(kind, zlib.crc32(record_id.encode()) % SHARDS)
    return {"due_shard": {"S": shard}, "due_at": {"S": _written(moment)}}


def due_records(table: DynamoDBTable, kind: Kind, at: datetime, *, limit: int) -> Iterator[tuple[CreatorId, str]]:
    """Yield the creator and the id of those that are due longest in each shard, `limit` together at most."""
    for number in range(SHARDS):
        request: QueryInputTypeDef = {
            "TableName": table.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :at",
            "ExpressionAttributeValues": {":shard": {"S": _shard(kind, number)}, ":at": {"S": _written(at)}},
            "Limit": max(1, limit // SHARDS),
        }
        with translated_errors():
            answer = table.client().query(**request)
        for item in answer["Items"]:
            _, creator = item["pk"]["S"].split(DELIMITER)
            _, record_id = item["sk"]["S"].split(DELIMITER)
            yield CreatorId(creator), record_id


@dataclass(frozen=True, slots=True)
class DynamoDBDueDocuments(DueDocuments):
    table: DynamoDBTable

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, DocumentId], ...]:
        """Return those of each shard that are due longest, `limit` together at most."""
        share = limit // len(OF_DOCUMENTS)
        return tuple(
            (creator_id, DocumentId(document_id))
            for kind in OF_DOCUMENTS
            for creator_id, document_id in due_records(self.table, kind, at, limit=share)
        )


def _shard(kind: Kind, number: int) -> str:
    return f"{kind}{DELIMITER}{number}"


def _written(moment: datetime) -> str:
    """Return a text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
