"""Queues are read as Lambda reads them: retries, partial failures, dead letters."""

import time

import pytest

from infra.plan import Queue
from local.functions import Json, Outcome
from local.pollers import QueuePoller, failed_ids
from tests.support.small_cloud import SmallCloud, small_system

pytestmark = pytest.mark.xdist_group("aws")


@pytest.fixture
def poller(aws: SmallCloud) -> QueuePoller:
    [queue] = small_system().queues
    return poller_of(queue, aws)


def poller_of(queue: Queue, aws: SmallCloud) -> QueuePoller:
    return QueuePoller(queue, aws.cloud.queue_urls["letters"], aws.cloud.clients.sqs, aws.functions)


def send(aws: SmallCloud, *bodies: str) -> None:
    for body in bodies:
        aws.cloud.clients.sqs.send_message(QueueUrl=aws.cloud.queue_urls["letters"], MessageBody=body)


def bodies(event: Json) -> list[str]:
    return [record["body"] for record in event["Records"]]


def test_messages_reach_the_consumer_as_lambda_sends_them(aws: SmallCloud, poller: QueuePoller) -> None:
    send(aws, "a", "b")
    assert poller.poll_once(0) == 2
    [event] = aws.board.events["consumer"]
    assert sorted(bodies(event)) == ["a", "b"]
    record = event["Records"][0]
    assert (record["eventSource"], record["awsRegion"]) == ("aws:sqs", "us-east-1")
    assert record["eventSourceARN"].endswith(":letters")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"messageId", "receiptHandle", "md5OfBody", "messageAttributes"} <= set(record)


def test_what_was_taken_is_gone(aws: SmallCloud, poller: QueuePoller) -> None:
    send(aws, "a")
    poller.poll_once(0)
    assert (poller.poll_once(0), aws.messages("letters")) == (0, 0)


def test_nothing_is_invoked_for_an_empty_queue(aws: SmallCloud, poller: QueuePoller) -> None:
    assert poller.poll_once(0) == 0
    assert aws.board.events == {}


def test_after_an_error_the_whole_batch_comes_again(aws: SmallCloud, poller: QueuePoller) -> None:
    aws.board.handlers["consumer"] = lambda *_: 1 / 0
    send(aws, "a", "b")
    poller.poll_once(0)
    del aws.board.handlers["consumer"]
    assert poller.poll_once(0) == 2
    assert [sorted(bodies(event)) for event in aws.board.events["consumer"]] == [["a", "b"], ["a", "b"]]
    assert aws.messages("letters") == 0


def test_only_the_named_failures_of_a_batch_come_again(aws: SmallCloud, poller: QueuePoller) -> None:
    def fail_b(event: Json, _context: object) -> Json:
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "b"]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    aws.board.handlers["consumer"] = fail_b
    send(aws, "a", "b", "c")
    poller.poll_once(0)
    poller.poll_once(0)
    assert bodies(aws.board.events["consumer"][1]) == ["b"]


def test_a_message_that_fails_too_often_ends_in_the_dead_letter_queue(aws: SmallCloud, poller: QueuePoller) -> None:
    aws.board.handlers["consumer"] = lambda *_: 1 / 0
    send(aws, "poison")
    for _ in range(4):
        poller.poll_once(0)
    assert len(aws.board.events["consumer"]) == 2
    assert (aws.messages("letters"), aws.messages("letters-dead")) == (0, 1)


def test_a_failed_message_stays_hidden_for_the_visibility_timeout(aws: SmallCloud, poller: QueuePoller) -> None:
    url = aws.cloud.queue_urls["letters"]
    aws.cloud.clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    aws.board.handlers["consumer"] = lambda *_: 1 / 0
    send(aws, "a")
    poller.poll_once(0)
    assert poller.poll_once(0) == 0
    time.sleep(1.1)
    del aws.board.handlers["consumer"]
    assert poller.poll_once(0) == 1


def test_a_started_poller_works_until_it_is_stopped(aws: SmallCloud, poller: QueuePoller) -> None:
    poller.start()
    send(aws, "a")
    deadline = time.monotonic() + 5
    while "consumer" not in aws.board.events and time.monotonic() < deadline:
        time.sleep(0.01)
    assert aws.board.events["consumer"]
    began = time.monotonic()
    poller.stop()
    poller.join(3)
    assert time.monotonic() - began < 2.5
    send(aws, "late")
    time.sleep(0.1)
    assert aws.messages("letters") == 1


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [
        (Outcome(None), set()),
        (Outcome({}), set()),
        (Outcome({"batchItemFailures": []}), set()),
        (Outcome({"batchItemFailures": [{"itemIdentifier": "1"}]}), {"1"}),
        (Outcome({"batchItemFailures": [{"itemIdentifier": ""}]}), {"1", "2"}),
        (Outcome({"batchItemFailures": [{}]}), {"1", "2"}),
        (Outcome({"batchItemFailures": [{"itemIdentifier": "of another batch"}]}), {"1", "2"}),
        (Outcome({"errorType": "KeyError"}, "KeyError"), {"1", "2"}),
    ],
)
def test_which_messages_failed_is_read_from_the_answer(outcome: Outcome, failed: set[str]) -> None:
    assert failed_ids(outcome, ["1", "2"]) == failed
