"""A queue with a dead-letter queue behind it and one function that reads it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_lambda import Function
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra import plan
from infra.constructs.dead_letters import dead_letters
from infra.stage import Stage

_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")


class Inbox(Construct):
    """`queue` and `dead`: what failed too often waits there for two weeks to be looked at."""

    def __init__(
        self, scope: Construct, construct_id: str, *, drawn: plan.Queue, consumer: Function, stage: Stage
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{stage.prefix}-{drawn.name}"
        self.dead = dead_letters(self, name)
        self.queue = Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(drawn.visibility_seconds),
            dead_letter_queue=DeadLetterQueue(queue=self.dead, max_receive_count=drawn.max_receives),
        )
        consumer.add_event_source(
            SqsEventSource(self.queue, batch_size=drawn.batch_size, report_batch_item_failures=True)
        )

    def receive(self, rule: plan.EventRule, names: Mapping[str, str]) -> None:
        """Take what matches the rule, whose `${placeholders}` stand for `names`."""
        pattern = substituted(rule.pattern, names)
        Rule(
            self,
            rule.name,
            event_pattern=EventPattern(
                source=pattern["source"], detail_type=pattern["detail-type"], detail=pattern["detail"]
            ),
            targets=[SqsQueue(self.queue, dead_letter_queue=self.dead)],
        )


def substituted(pattern: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - anything that JSON can say
    """Return the pattern with each string that is a `${name}` replaced. Raises: KeyError for a name not given."""
    if isinstance(pattern, Mapping):
        return {key: substituted(value, names) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [substituted(value, names) for value in pattern]
    placeholder = _PLACEHOLDER.fullmatch(pattern) if isinstance(pattern, str) else None
    return names[placeholder[1]] if placeholder else pattern
