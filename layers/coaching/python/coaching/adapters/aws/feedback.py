"""Feedback in DynamoDB."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.keys import Key
from coaching.adapters.aws.records import place, record, written
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import NotFound, StaleWrite
from coaching.metrics.feedback import Feedback
from coaching.metrics.ports import GivenFeedback
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, MessageId, UserId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

PRESENT = "attribute_exists(pk)"


@dataclass(frozen=True, slots=True)
class DynamoDBGivenFeedback(GivenFeedback):
    """Written only while its conversation stands, so that deleting this leaves none behind."""

    table: DynamoDBTable

    def save(self, feedback: Feedback) -> None:
        until_fresh(lambda: self._save(feedback))

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> Feedback:
        return self.table.get(Feedback, keys.feedback(creator_id, user_id, message_id))

    def _save(self, feedback: Feedback) -> None:
        of = feedback.creator_id, feedback.user_id
        told = record(keys.feedback(*of, feedback.message_id), {"data": {"S": written(feedback)}})
        needed = (
            keys.conversation(*of, feedback.conversation_id),
            keys.message(*of, feedback.conversation_id, feedback.message_id),
        )
        try:
            with translated_errors():
                self.table.client().transact_write_items(
                    TransactItems=[
                        *(while_there(self.table, key) for key in needed),
                        {"Put": {"TableName": self.table.name, "Item": told}},
                    ]
                )
        except ConditionFailed as error:
            if not all(self.table.found(key) for key in needed):
                raise NotFound("There is no such message in this conversation.") from error
            raise StaleWrite("The conversation was written to at the same time; try again.") from error


def while_there(table: DynamoDBTable, key: Key) -> "TransactWriteItemTypeDef":
    """Return the part of a transaction that lets it happen only while the record stands."""
    return {"ConditionCheck": {"TableName": table.name, "Key": place(key), "ConditionExpression": PRESENT}}
