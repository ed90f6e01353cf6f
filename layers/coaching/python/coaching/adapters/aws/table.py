"""The one DynamoDB table, as the adapters use it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import Record, place, read, record, written
from coaching.adapters.cursors import cursor_after, last_before
from coaching.errors import NotFound, StaleWrite, StorageUnavailable
from coaching.vocabulary import Page, new_ulid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        KeysAndAttributesTypeDef,
        PutItemInputTypeDef,
        QueryInputTypeDef,
        WriteRequestTypeDef,
    )

LARGEST_BATCH = 25
"""Writes in one BatchWriteItem.

Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""
LARGEST_READ = 100
"""Records in one BatchGetItem.

Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""
ABSENT = "attribute_not_exists(pk)"
T = TypeVar("T")


def _nothing_else(_: str) -> Sequence[Key]:
    return ()


class Revised(Protocol):
    """A dataclass whose `revision` counts its writes."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def revision(self) -> int: ...


R = TypeVar("R", bound=Revised)


@dataclass(frozen=True, slots=True)
class DynamoDBTable:
    """Keys `pk` and `sk`. Every read is strongly consistent: users look at what they have just written."""

    client: "Callable[[], DynamoDBClient]"
    name: str

    def get(self, kind: type[T], key: Key) -> T:
        """Raises: NotFound, StorageUnavailable."""
        found = self.found(key)
        if not found:
            raise NotFound(f"There is no such {kind.__name__.lower()}.")
        return read(kind, found)

    def found(self, key: Key) -> Record:
        """Return the record as it is kept, empty where there is none. Raises: StorageUnavailable."""
        with translated_errors():
            answer = self.client().get_item(TableName=self.name, Key=place(key), ConsistentRead=True)
        return answer.get("Item", {})

    def get_each(self, kind: type[T], wanted: Sequence[Key]) -> list[T]:
        """Return those of the records that are there, in any order. Raises: StorageUnavailable."""
        found: list[T] = []
        for start in range(0, len(wanted), LARGEST_READ):
            left = [place(key) for key in wanted[start : start + LARGEST_READ]]
            while left:
                asked: KeysAndAttributesTypeDef = {"Keys": left, "ConsistentRead": True}
                with translated_errors():
                    answer = self.client().batch_get_item(RequestItems={self.name: asked})
                found += [read(kind, item) for item in answer["Responses"].get(self.name, [])]
                unread = answer["UnprocessedKeys"].get(self.name, {"Keys": []})["Keys"]
                if len(unread) == len(left):
                    raise StorageUnavailable("The storage is overloaded; try again shortly.")
                left = [dict(key) for key in unread]
        return found

    def save(self, key: Key, value: R, beside: "Record | None" = None) -> R:
        """Store the next revision, and attributes beside it; revision 0 creates.

        Raises: StaleWrite, Invalid, StorageUnavailable.
        """
        saved = replace(value, revision=value.revision + 1)
        attributes: Record = {"data": {"S": written(saved)}, "revision": {"N": str(saved.revision)}, **(beside or {})}
        try:
            if value.revision:
                self.put(key, attributes, "revision = :read", {":read": {"N": str(value.revision)}})
            else:
                self.put(key, attributes, ABSENT)
        except ConditionFailed as error:
            raise StaleWrite("Somebody else changed this meanwhile; read it again and retry.") from error
        return saved

    def put(self, key: Key, attributes: Record, condition: str, values: "Record | None" = None) -> None:
        """Raises: ConditionFailed, Invalid, StorageUnavailable.

        A write that succeeded and is sent again because its answer was lost meets itself, and has succeeded.
        """
        write = new_ulid()
        request: PutItemInputTypeDef = {
            "TableName": self.name,
            "Item": record(key, {**attributes, "write": {"S": write}}),
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            with translated_errors():
                self.client().put_item(**request)
        except ConditionFailed as error:
            if error.found.get("write") != {"S": write}:
                raise

    def create(self, key: Key, attributes: Record) -> None:
        """Store a new record; one that is there already stays as it is. Raises: Invalid, StorageUnavailable."""
        try:
            self.put(key, attributes, ABSENT)
        except ConditionFailed:
            return

    def remove(self, key: Key) -> None:
        """Delete the record. Raises: NotFound, StorageUnavailable."""
        try:
            with translated_errors():
                self.client().delete_item(
                    TableName=self.name, Key=place(key), ConditionExpression="attribute_exists(pk)"
                )
        except ConditionFailed as error:
            raise NotFound("There is no such thing; it may have been deleted already.") from error

    def discard(self, key: Key) -> None:
        """Delete the record; one that is not there is no error. Raises: StorageUnavailable."""
        with translated_errors():
            self.client().delete_item(TableName=self.name, Key=place(key))

    def page(
        self, kind: type[T], within: Key, *, limit: int, cursor: str | None, newest_first: bool = False
    ) -> Page[T]:
        """Return a page of the list `within`. Raises: Malformed for another list's cursor, StorageUnavailable."""
        after = None if cursor is None else Key(within.partition, within.sort + last_before(within, cursor))
        # One more than asked for tells whether there is a next page.
        found = self.records(within, at_most=limit + 1, after=after, newest_first=newest_first)
        items = tuple(read(kind, item) for item in found[:limit])
        if len(found) <= limit:
            return Page(items)
        return Page(items, cursor_after(within, found[limit - 1]["sk"]["S"].removeprefix(within.sort)))

    def records(
        self, within: Key, *, at_most: int, after: Key | None = None, newest_first: bool = False
    ) -> list[Record]:
        """Return the first records of the list `within`. Raises: StorageUnavailable."""
        request: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :partition AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":partition": {"S": within.partition}, ":prefix": {"S": within.sort}},
            "ScanIndexForward": not newest_first,
            "ConsistentRead": True,
            "Limit": max(1, at_most),
        }
        if after:
            request["ExclusiveStartKey"] = place(after)
        return list(islice(self._found(request), at_most))

    def clear(self, within: Key, about: Callable[[str], Sequence[Key]] = _nothing_else) -> None:
        """Delete every record of the list `within`, each after what is `about` it, by the end of its sort key.

        Raises: StorageUnavailable; what is left then is found again.
        """
        while found := self.records(within, at_most=LARGEST_BATCH):
            listed = [Key(item["pk"]["S"], item["sk"]["S"]) for item in found]
            self._discard_all([each for key in listed for each in about(key.sort.removeprefix(within.sort))])
            self._discard_all(listed)

    def _discard_all(self, doomed: Sequence[Key]) -> None:
        for start in range(0, len(doomed), LARGEST_BATCH):
            left = list(doomed[start : start + LARGEST_BATCH])
            while left:
                asked: list[WriteRequestTypeDef] = [{"DeleteRequest": {"Key": place(key)}} for key in left]
                with translated_errors():
                    answer = self.client().batch_write_item(RequestItems={self.name: asked})
                undone = [each["DeleteRequest"]["Key"] for each in answer["UnprocessedItems"].get(self.name, [])]
                if len(undone) == len(left):
                    raise StorageUnavailable("The storage is overloaded; try again shortly.")
                left = [Key(key["pk"]["S"], key["sk"]["S"]) for key in undone]

    def _found(self, request: "QueryInputTypeDef") -> Iterator[Record]:
        """Yield records answer by answer: DynamoDB ends one at 1 MB."""
        while True:
            with translated_errors():
                answer = self.client().query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
