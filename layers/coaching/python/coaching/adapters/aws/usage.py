"""What models took, by creator and month, in DynamoDB: counters that are added to, never read and written back."""

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from math import ceil

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.records import SCHEMA_VERSION, Record, place, record
from coaching.adapters.aws.table import ABSENT, DynamoDBTable
from coaching.errors import StaleWrite
from coaching.models.usage import ModelCall, ModelUsage, MonthlyUsage, UsageLedger
from coaching.vocabulary import CreatorId

SHARDS = 16
"""Records that the calls of one creator's month are spread over, since two writes to one record at a time conflict.

In a simulation of one busy creator (`benchmarks/usage_shards.py`: 20 ms for a write, six tries with their pauses) one
record loses 32 % of 60 calls a second, four lose 0.1 % and sixteen none; of 200 a second sixteen lose 0.03 %.
"""
REMEMBERED_SECONDS = 24 * 3600
"""How long a call is known, so that adding it again adds nothing."""
_COUNTERS = tuple(counter.name for counter in fields(ModelUsage))


@dataclass(frozen=True, slots=True)
class DynamoDBUsageLedger(UsageLedger):
    """A month is `SHARDS` records, each with an attribute `MODEL#COUNTER` for each figure, added up when they are read.

    `clock` returns seconds since 1970. A call leaves a note of its own, written together with the counters, which is
    forgotten after a day.
    """

    table: DynamoDBTable
    clock: Callable[[], float] = time.time

    def add(self, call: ModelCall) -> None:
        noted = keys.usage_call(call.creator_id, call.month, call.call_id)
        expires: Record = {"expires_at": {"N": str(ceil(self.clock()) + REMEMBERED_SECONDS)}}
        counters = {name: value for name, value in asdict(ModelUsage.of(call)).items() if value}
        numbers = {f"#{name}": f"{call.model}#{name}" for name in counters}
        added = ", ".join(f"#{name} :{name}" for name in counters)
        values: Record = {f":{name}": {"N": str(value)} for name, value in counters.items()}
        try:
            with translated_errors():
                self.table.client().transact_write_items(
                    TransactItems=[
                        {
                            "Put": {
                                "TableName": self.table.name,
                                "Item": record(noted, expires),
                                "ConditionExpression": ABSENT,
                            }
                        },
                        {
                            "Update": {
                                "TableName": self.table.name,
                                "Key": place(keys.usage(call.creator_id, call.month, _shard(call.call_id))),
                                "UpdateExpression": f"SET schema_version = :version ADD {added}",
                                "ExpressionAttributeNames": numbers,
                                "ExpressionAttributeValues": {":version": {"N": str(SCHEMA_VERSION)}, **values},
                            }
                        },
                    ]
                )
        except ConditionFailed as error:
            if not self.table.found(noted):
                raise StaleWrite("Another call was counted at the same time; try again.") from error

    def month(self, creator_id: CreatorId, month: str) -> MonthlyUsage:
        models: dict[str, dict[str, int]] = {}
        for shard in self.table.records(keys.usages(creator_id, month), at_most=SHARDS):
            for model, counter, value in _figures(shard):
                counted = models.setdefault(model, {})
                counted[counter] = counted.get(counter, 0) + value
        return MonthlyUsage(creator_id, month, {model: ModelUsage(**found) for model, found in models.items()})


def _shard(call_id: str) -> int:
    """Return the same one for the same call, so that adding it again meets itself."""
    return zlib.crc32(call_id.encode()) % SHARDS


def _figures(found: Record) -> Iterator[tuple[str, str, int]]:
    for name, value in found.items():
        model, _, counter = name.rpartition("#")
        if model and counter in _COUNTERS:
            yield model, counter, int(value["N"])
