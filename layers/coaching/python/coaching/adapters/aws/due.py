"""The index `due`: documents that must be looked after at a time, spread over a few partitions.

Those that wait in line have partitions of their own: however many one creator sent, they hide none that is stuck.
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
Kind = Literal["document", "line"]
KINDS: tuple[Kind, ...] = ("document", "line")
SHARDS = 4
"""Of each kind. Each takes about a thousand writes in a second.

Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""


def due(document: Document) -> Record:
    """Return the attributes that put the document's own record into the index; none where nothing is due."""
    if document.due_at is None:
        return {}
    number = zlib.crc32(document.document_id.encode()) % SHARDS
    kind: Kind = "line" if document.status == "received" else "document"
    return {"due_shard": {"S": _shard(kind, number)}, "due_at": {"S": _written(document.due_at)}}


@dataclass(frozen=True, slots=True)
class DynamoDBDueDocuments(DueDocuments):
    table: DynamoDBTable

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, DocumentId], ...]:
        """Return those of each shard that are due longest, `limit` together at most."""
        shards = [_shard(kind, number) for kind in KINDS for number in range(SHARDS)]
        return tuple(found for shard in shards for found in self._of_shard(shard, at, limit // len(shards)))

    def _of_shard(self, shard: str, at: datetime, limit: int) -> Iterator[tuple[CreatorId, DocumentId]]:
        request: QueryInputTypeDef = {
            "TableName": self.table.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :at",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":at": {"S": _written(at)}},
            "Limit": max(1, limit),
        }
        with translated_errors():
            answer = self.table.client().query(**request)
        for item in answer["Items"]:
            creator, document = item["pk"]["S"], item["sk"]["S"]
            yield (
                CreatorId(creator.removeprefix(f"creator{DELIMITER}")),
                DocumentId(document.removeprefix(f"document{DELIMITER}")),
            )


def _shard(kind: Kind, number: int) -> str:
    return f"{kind}{DELIMITER}{number}"


def _written(moment: datetime) -> str:
    """Return a text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
