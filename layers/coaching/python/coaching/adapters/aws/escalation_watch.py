"""The state machine in Step Functions that keeps an escalation's rounds going."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.errors import Unavailable
from coaching.safety.escalation.ports import Watch
from coaching.safety.escalation.record import Escalation

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class StepFunctionsWatch(Watch):
    """An execution is named after the escalation and its revision, and Step Functions starts a name once in 90 days.

    Several for one escalation do no harm: of those that wake for a round one takes it.
    """

    client: "Callable[[], SFNClient]"
    state_machine_arn: str

    def begin(self, escalation: Escalation) -> None:
        from botocore.exceptions import ClientError

        payload = {"creator_id": escalation.creator_id, "escalation_id": escalation.escalation_id}
        name = f"{escalation.escalation_id}-r{escalation.revision}"
        try:
            with translated_errors(Unavailable):
                self.client().start_execution(
                    stateMachineArn=self.state_machine_arn, name=name, input=json.dumps(payload)
                )
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise
