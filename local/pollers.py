"""Reads queues for their consumers, as Lambda's event source mappings do."""

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.plan import Queue
from local.cloud import Cloud, queue_arn
from local.functions import REGION, Functions, Outcome
from local.worker import Worker

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LONG_POLL_SECONDS = 1
"""Bounds how long stopping takes; AWS itself polls for up to 20."""
POLLERS = 3
"""Lambda has 5 for each queue, and more under load."""
_PAUSE_AFTER_TROUBLE_SECONDS = 0.5


class QueuePoller(Worker):
    """Hands a queue's messages to its consumer in batches.

    What the consumer took is deleted; the rest comes back after the queue's visibility timeout, and lands in the
    dead-letter queue when it has been received too often.
    """

    def __init__(self, queue: Queue, url: str, sqs: "SQSClient", functions: Functions) -> None:
        super().__init__(f"poller-{queue.name}")
        self._queue = queue
        self._url = url
        self._sqs = sqs
        self._functions = functions

    def poll_once(self, wait_seconds: int = LONG_POLL_SECONDS) -> int:
        """Receive one batch, have it handled and return how many messages it had."""
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._queue.batch_size,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = received.get("Messages", [])
        if messages:
            event = {"Records": [self._record(message) for message in messages]}
            outcome = self._functions.invoke(self._queue.consumer, event)
            failed = failed_ids(outcome, [message["MessageId"] for message in messages])
            self._delete(message for message in messages if message["MessageId"] not in failed)
        return len(messages)

    def work(self) -> None:
        while not self.stopping.is_set():
            try:
                self.poll_once()
            except (BotoCoreError, ClientError):
                if not self.stopping.wait(_PAUSE_AFTER_TROUBLE_SECONDS):
                    logging.getLogger(__name__).warning("The queue %s could not be read.", self._queue.name)

    def _record(self, message: "MessageTypeDef") -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": dict(message.get("Attributes", {})),
            "messageAttributes": dict(message.get("MessageAttributes", {})),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": queue_arn(self._queue.name),
            "awsRegion": REGION,
        }

    def _delete(self, messages: Iterable["MessageTypeDef"]) -> None:
        entries = [{"Id": str(place), "ReceiptHandle": taken["ReceiptHandle"]} for place, taken in enumerate(messages)]
        if entries:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]


def failed_ids(outcome: Outcome, received: list[str]) -> frozenset[str]:
    """Return the messages that must come back: all after an error or an answer that names a message it was not given.

    Source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (partial batch responses).
    """
    if outcome.error:
        return frozenset(received)
    if not isinstance(outcome.payload, Mapping):
        return frozenset()
    failures = outcome.payload.get("batchItemFailures") or []
    named = frozenset(str(failure.get("itemIdentifier")) for failure in failures)
    return named if named <= frozenset(received) else frozenset(received)


def queue_pollers(queues: Iterable[Queue], cloud: Cloud, functions: Functions) -> list[QueuePoller]:
    """Return the pollers of each queue, not started yet: several, as Lambda has, so that no batch waits for another."""
    return [
        QueuePoller(queue, cloud.queue_urls[queue.name], cloud.clients.sqs, functions)
        for queue in queues
        for _ in range(POLLERS)
    ]
