"""Between a dataclass and a record of the table.

A record holds the whole object as one JSON text in `data`, and beside it only the attributes that conditions
and lists compare. So floats stay exact (DynamoDB's own numbers would pass through Decimal), a nested reply needs
no mapping by hand, and one codec serves every type: pydantic-core writes any dataclass in about 10 microseconds
and a `TypeAdapter` (2 to 6 ms to build, once per type) reads it back in 10 to 35.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from coaching.adapters.aws.keys import Key
from coaching.errors import Invalid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from pydantic import TypeAdapter

T = TypeVar("T")
Record: TypeAlias = "dict[str, AttributeValueTypeDef]"

SCHEMA_VERSION = 1
LARGEST_RECORD_BYTES = 400 * 1024
"""DynamoDB's limit on an item: names and values together.

Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""


def place(key: Key) -> Record:
    """Return the key's attributes."""
    return {"pk": {"S": key.partition}, "sk": {"S": key.sort}}


def record(key: Key, attributes: Record) -> Record:
    """Return a record that may be written. Raises: Invalid if it is larger than the table takes."""
    whole: Record = {**place(key), "schema_version": {"N": str(SCHEMA_VERSION)}, **attributes}
    size = sum(len(name) + _size(value) for name, value in whole.items())
    if size > LARGEST_RECORD_BYTES:
        raise Invalid(
            f"This is too large to keep: {size // 1024 + 1} KB where {LARGEST_RECORD_BYTES // 1024} KB is the limit. "
            "Shorten its texts, metadata or settings."
        )
    return whole


def written(value: object) -> str:
    """Return a dataclass as JSON. Raises: Invalid for text that is not Unicode (a lone surrogate)."""
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(value, inf_nan_mode="constants").decode()
    except PydanticSerializationError as error:
        raise Invalid("A text holds characters that are not Unicode.") from error


def read(kind: type[T], found: Record) -> T:
    """Return the dataclass that `written` put into the record's `data`."""
    value: T = _adapter(cast("Any", kind)).validate_json(found["data"]["S"])
    return value


@cache
def _adapter(kind: type[T]) -> "TypeAdapter[T]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _size(value: "AttributeValueTypeDef") -> int:
    return len(value.get("S", value.get("N", "")).encode())
