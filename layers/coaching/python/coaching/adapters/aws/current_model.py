"""The current model in DynamoDB, and the state machine in Step Functions that switches it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coaching.adapters.aws import keys
from coaching.adapters.aws.errors import ConditionFailed, error_code, translated_errors
from coaching.adapters.aws.records import Record, place, read
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import Conflict, Unavailable
from coaching.models.switching import CurrentModel, CurrentModels, Outcomes, Seen, SwitchWork

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class DynamoDBCurrentModels(CurrentModels):
    """One record. What was seen stands in counters beside it, which are added to and never read and written back."""

    table: DynamoDBTable

    def get(self) -> CurrentModel:
        found = self.table.found(keys.current_model())
        return _with_counters(found) if found else CurrentModel()

    def save(self, record: CurrentModel) -> CurrentModel:
        compared: Record = {"state": {"S": record.state}, "switch_id": {"S": record.switch_id}}
        return self.table.save(keys.current_model(), record, {**compared, **_counters(record.seen)})

    def count(self, switch_id: str, seen: Seen) -> CurrentModel:
        counters = _counters(seen)
        added = ", ".join(f"{name} :{name}" for name in counters)
        values: Record = {f":{name}": value for name, value in counters.items()}
        try:
            with translated_errors():
                answer = self.table.client().update_item(
                    TableName=self.table.name,
                    Key=place(keys.current_model()),
                    UpdateExpression=f"ADD {added}",
                    ConditionExpression="switch_id = :switch AND #state = :watching",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues={**values, ":switch": {"S": switch_id}, ":watching": {"S": "watching"}},
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailed as error:
            raise Conflict("This switch is not being watched any more.") from error
        return _with_counters(answer["Attributes"])


def _counters(seen: Seen) -> Record:
    return {
        "new_answered": {"N": str(seen.new.answered)},
        "new_failed": {"N": str(seen.new.failed)},
        "before_answered": {"N": str(seen.before.answered)},
        "before_failed": {"N": str(seen.before.failed)},
    }


def _with_counters(found: Record) -> CurrentModel:
    counted = {name: int(found[name]["N"]) for name in _counters(Seen())}
    seen = Seen(
        Outcomes(counted["new_answered"], counted["new_failed"]),
        Outcomes(counted["before_answered"], counted["before_failed"]),
    )
    return replace(read(CurrentModel, found), seen=seen)


@dataclass(frozen=True, slots=True)
class StepFunctionsSwitchWork(SwitchWork):
    """An execution is named after its switch, and Step Functions starts a name once in 90 days."""

    client: "Callable[[], SFNClient]"
    switching_arn: str

    def start(self, switch_id: str) -> None:
        from botocore.exceptions import ClientError

        payload = json.dumps({"switch_id": switch_id})
        try:
            with translated_errors(Unavailable):
                self.client().start_execution(stateMachineArn=self.switching_arn, name=switch_id, input=payload)
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise
