"""Where messages lie that nobody could handle."""

from aws_cdk import Duration
from aws_cdk.aws_sqs import Queue, QueueEncryption
from constructs import Construct


def dead_letters(scope: Construct, name: str) -> Queue:
    """Return the queue `<name>-dead`: what comes there waits for two weeks to be looked at."""
    return Queue(
        scope,
        "Dead",
        queue_name=f"{name}-dead",
        encryption=QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
