"""A schedule that invokes a function, with a queue for the invocations that failed."""

from aws_cdk import Duration
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_lambda_destinations import SqsDestination
from aws_cdk.aws_scheduler import Schedule, ScheduleExpression
from aws_cdk.aws_scheduler_targets import LambdaInvoke
from constructs import Construct

from infra import plan
from infra.constructs.dead_letters import dead_letters
from infra.stage import Stage


class Clock(Construct):
    """`dead` gets what the scheduler could not hand over, and what the function failed at with all its retries."""

    def __init__(
        self, scope: Construct, construct_id: str, *, drawn: plan.Schedule, function: Function, stage: Stage
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{stage.prefix}-{drawn.name}"
        self.dead = dead_letters(self, name)
        every = Duration.minutes(drawn.every_minutes)
        # What is late by a whole period is done by the next.
        function.configure_async_invoke(on_failure=SqsDestination(self.dead), retry_attempts=1, max_event_age=every)
        Schedule(
            self,
            "Schedule",
            schedule_name=name,
            schedule=ScheduleExpression.rate(every),
            target=LambdaInvoke(function, dead_letter_queue=self.dead, retry_attempts=2, max_event_age=every),
        )
