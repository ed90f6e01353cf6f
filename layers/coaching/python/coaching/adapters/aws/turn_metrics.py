"""The figures of turns in DynamoDB."""

from dataclasses import dataclass, replace
from typing import cast

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.feedback import PRESENT, while_there
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import SCHEMA_VERSION, Record, place, read, record, written
from coaching.adapters.aws.table import ABSENT, DynamoDBTable
from coaching.errors import NotFound, StaleWrite
from coaching.metrics.feedback import Feedback
from coaching.metrics.ports import MeasuredTurns
from coaching.metrics.turn import Rating, TurnMetrics
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, MessageId, UserId


@dataclass(frozen=True, slots=True)
class DynamoDBMeasuredTurns(MeasuredTurns):
    """Written only while the conversation stands, so that deleting this leaves none behind.

    The rating is an attribute beside the figures, set without reading them. The counters of a creator's day are added
    to after the turn is written: a process that dies in between leaves that turn out of them, and nobody waits for
    others who count at the same moment.
    """

    table: DynamoDBTable

    def create(self, metrics: TurnMetrics) -> bool:
        new = until_fresh(lambda: self._create(metrics))
        if new:
            self._add(keys.day(metrics.creator_id, f"{metrics.occurred_at:%Y-%m-%d}"), _counted(metrics))
        return new

    def rate(self, feedback: Feedback) -> None:
        try:
            with translated_errors():
                self.table.client().update_item(
                    TableName=self.table.name,
                    Key=place(keys.turn_metrics(feedback.creator_id, feedback.user_id, feedback.message_id)),
                    UpdateExpression="SET satisfaction = :rating",
                    ConditionExpression=PRESENT,
                    ExpressionAttributeValues={":rating": {"S": feedback.rating}},
                )
        except ConditionFailed:
            return  # Nobody measured it, or the conversation was deleted since.

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> TurnMetrics:
        found = self.table.found(keys.turn_metrics(creator_id, user_id, message_id))
        if not found:
            raise NotFound("There are no figures of such a turn.")
        metrics = read(TurnMetrics, found)
        rating = found.get("satisfaction")
        return replace(metrics, satisfaction=cast("Rating", rating["S"])) if rating else metrics

    def _create(self, metrics: TurnMetrics) -> bool:
        key = keys.turn_metrics(metrics.creator_id, metrics.user_id, metrics.message_id)
        conversation = keys.conversation(metrics.creator_id, metrics.user_id, metrics.conversation_id)
        item = record(key, {"data": {"S": written(metrics)}})
        try:
            with translated_errors():
                self.table.client().transact_write_items(
                    TransactItems=[
                        while_there(self.table, conversation),
                        {"Put": {"TableName": self.table.name, "Item": item, "ConditionExpression": ABSENT}},
                    ]
                )
        except ConditionFailed as error:
            if self.table.found(key):
                return False
            if not self.table.found(conversation):
                raise NotFound("The conversation was deleted.") from error
            raise StaleWrite("The conversation was written to at the same time; try again.") from error
        return True

    def _add(self, key: Key, counters: dict[str, int]) -> None:
        values: Record = {f":{name}": {"N": str(value)} for name, value in counters.items()}
        added = ", ".join(f"{name} :{name}" for name in counters)
        with translated_errors():
            self.table.client().update_item(
                TableName=self.table.name,
                Key=place(key),
                UpdateExpression=f"SET schema_version = :version ADD {added}",
                ExpressionAttributeValues={":version": {"N": str(SCHEMA_VERSION)}, **values},
            )


def _counted(metrics: TurnMetrics) -> dict[str, int]:
    """Return what the turn adds to its day."""
    return {
        "turns": 1,
        f"kind_{metrics.kind}": 1,
        "escalations_required": int(metrics.escalation_required),
        "fallbacks": int(bool(metrics.fallback)),
        "turns_cut": int(metrics.cut),
        "response_ms": metrics.total_ms,
        "input_tokens": metrics.input_tokens,
        "output_tokens": metrics.output_tokens,
    }
