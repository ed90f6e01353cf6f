"""DynamoDB clients to which happens what moto does not do by itself."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass
class OneDeletionAtATime:
    """Takes one write of each batch and hands the others back, as a throttled table does."""

    client: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def batch_write_item(self, **request: Any) -> Any:
        ((table, writes),) = request["RequestItems"].items()
        self.client.batch_write_item(RequestItems={table: writes[:1]})
        return {"UnprocessedItems": {table: writes[1:]} if writes[1:] else {}}


@dataclass
class ConflictsAtFirst:
    """Cancels the first transaction because another is under way."""

    client: Any
    cancelled: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_write_items(self, **request: Any) -> Any:
        if self.cancelled:
            return self.client.transact_write_items(**request)
        self.cancelled = True
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
            "CancellationReasons": [{"Code": "TransactionConflict"}],
        }
        raise ClientError(answer, "TransactWriteItems")
