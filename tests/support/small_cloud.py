"""A cloud with one queue and one state machine, for tests of what runs between them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.plan import Bucket, Capability, EventRule, Index, Queue, StateMachine, System, Table
from local import cloud as cloud_module
from local.cloud import Cloud, running_cloud
from local.functions import Functions
from tests.support.handlers import HandlerBoard

MACHINE = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "${Work}",
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1.0}],
            "Catch": [{"ErrorEquals": ["Unusable"], "ResultPath": "$.error", "Next": "Caught"}],
            "ResultPath": "$.worked",
            "Next": "Side",
        },
        "Side": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 4,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Each",
                "States": {"Each": {"Type": "Task", "Resource": "${Each}", "End": True}},
            },
            "ResultPath": "$.each",
            "End": True,
        },
        "Caught": {"Type": "Pass", "End": True},
    },
}


def small_system() -> System:
    return System(
        capabilities=(Capability("consumer", 128, 5), Capability("work", 128, 1), Capability("each", 128, 5)),
        routes=(),
        table=Table("coaching", "pk", "sk", "expires_at", (Index("due", "due_shard", "due_at"),)),
        buckets=(Bucket("uploads", versioned=True, announces=True),),
        # Seen again at once, so that a test needs no waiting.
        queues=(Queue("letters", "consumer", visibility_seconds=0, max_receives=2, batch_size=10),),
        rules=(
            EventRule(
                "uploaded",
                {
                    "source": ["aws.s3"],
                    "detail-type": ["Object Created"],
                    "detail": {"bucket": {"name": ["${uploads}"]}, "object": {"key": [{"prefix": "uploads/"}]}},
                },
                queue="letters",
            ),
        ),
        state_machines=(StateMachine("working", {"Work": "work", "Each": "each"}),),
    )


@dataclass(frozen=True)
class SmallCloud:
    """The cloud, its functions, and the board where a test pins their handlers."""

    cloud: Cloud
    functions: Functions
    board: HandlerBoard

    def clear(self) -> None:
        """Empty the queues and take every handler down."""
        self.board.clear()
        sqs = self.cloud.clients.sqs
        sqs.set_queue_attributes(QueueUrl=self.cloud.queue_urls["letters"], Attributes={"VisibilityTimeout": "0"})
        for queue in ("letters", "letters-dead"):
            url = f"{self.cloud.url}/123456789012/{queue}"
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def messages(self, queue: str) -> int:
        attributes = self.cloud.clients.sqs.get_queue_attributes(
            QueueUrl=f"{self.cloud.url}/123456789012/{queue}", AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


@contextmanager
def small_cloud(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCloud]:
    (folder / "working.asl.json").write_text(json.dumps(MACHINE))
    monkeypatch.setattr(cloud_module, "STATE_MACHINES", folder)
    board = HandlerBoard()
    system = small_system()
    functions = board.functions(system)
    with running_cloud(system, functions) as cloud:
        yield SmallCloud(cloud, functions, board)
