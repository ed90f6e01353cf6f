"""What goes wrong around an upload, in the running system: events twice and late, deletions in between, crowds."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.table import DynamoDBTable
from coaching.knowledge.document import Document
from coaching.vocabulary import CreatorId, DocumentId, new_ulid, now
from tests.support.http_client import DEADLINE_SECONDS, Client, client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("long")]

TENANT = "faults"
OLDEST = "0" * 17 + "1"
CROWD = 50
CROWD_SECONDS = 240
LONG_AGO = now() - timedelta(days=60)


@pytest.fixture(scope="module")
def creator(running_system: RunningSystem) -> Client:
    return client(running_system, TENANT, "creator")


def texts(creator: Client, query: str, document_id: str) -> list[str]:
    found = creator.call("POST", "/v1/search", {"query": query, "k": 50})["items"]
    return sorted(passage["text"] for passage in found if passage["document_id"] == document_id)


def versions(system: RunningSystem, document_id: str) -> list[dict[str, Any]]:
    """Return the versions of a document's object, oldest first."""
    listed = system.aws.s3.list_object_versions(Bucket="uploads", Prefix=f"uploads/{TENANT}/{document_id}/")
    return [dict(version) for version in reversed(listed.get("Versions", []))]


def announce_again(system: RunningSystem, creator: Client, version: dict[str, Any]) -> None:
    """Deliver the event of an upload again, and wait until what came after it in the queue was seen to."""
    uploaded = {
        "key": version["Key"],
        "etag": version["ETag"].strip('"'),
        "size": version["Size"],
        "version-id": version["VersionId"],
        "sequencer": OLDEST,
    }
    url = system.aws.sqs.get_queue_url(QueueName="ingestion")["QueueUrl"]
    system.aws.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail": {"object": uploaded}}))
    creator.upload("marker.md", b"A marker.")


def record(system: RunningSystem, **fields: Any) -> Document:
    """Put a document's record into the table as some fault left it."""
    moment = fields.pop("moved_at", now())
    document = Document(
        DocumentId(new_ulid()), CreatorId(TENANT), "lost.md", "text/markdown", 9, created_at=moment, updated_at=moment,
        **fields,
    )  # fmt: skip
    table = DynamoDBTable(lambda: system.aws.dynamodb, "coaching")
    return DynamoDBDocuments(table).save(document)


def sweep(system: RunningSystem) -> dict[str, int]:
    answer = system.aws.functions.invoke(FunctionName="sweep_documents", Payload=b"{}")
    outcome: dict[str, int] = json.loads(answer["Payload"].read())["documents"]
    return outcome


def test_an_event_that_comes_twice_and_late_brings_no_old_version_back(
    running_system: RunningSystem, creator: Client
) -> None:
    announced = creator.announce("late.md")
    document_id = announced["document_id"]
    creator.put(announced, b"The old cobalt rule asks for haste.")
    creator.settled(document_id)
    creator.put(announced, b"The new cobalt rule asks for leisure.")
    creator.settled(document_id, version=2)
    for version in [*versions(running_system, document_id), *versions(running_system, document_id)]:
        announce_again(running_system, creator, version)
    document = creator.call("GET", f"/v1/documents/{document_id}")
    assert (document["status"], document["version"], document["attempt"]) == ("ready", 2, 1)
    assert texts(creator, "cobalt rule", document_id) == ["The new cobalt rule asks for leisure."]


def test_of_two_versions_within_a_second_the_last_is_found_whole(creator: Client) -> None:
    announced = creator.announce("twice.md")
    for colour in (b"red", b"blue"):
        creator.put(announced, b"\n\n".join(b"The %s rule number %d." % (colour, n) for n in range(200)))
    document = creator.settled(announced["document_id"], version=2)
    assert (document["status"], document["version"]) == ("ready", 2)
    found = texts(creator, "rule number", announced["document_id"])
    assert found
    assert not [text for text in found if "red" in text]


def test_an_object_replaced_behind_the_systems_back_changes_nothing_that_was_announced(
    running_system: RunningSystem, creator: Client
) -> None:
    announced = creator.announce("hidden.md")
    creator.put(announced, b"The ochre rule asks for patience.")
    [version] = versions(running_system, announced["document_id"])
    running_system.aws.s3.delete_object(Bucket="uploads", Key=version["Key"])
    assert creator.settled(announced["document_id"])["status"] == "ready"
    assert texts(creator, "ochre rule", announced["document_id"]) == ["The ochre rule asks for patience."]


def test_a_file_that_is_gone_before_it_was_read_ends_in_failed_with_a_reason(
    running_system: RunningSystem, creator: Client
) -> None:
    gone = record(running_system, status="failed", version=1, attempt=1, etag="e", object_version="nothing")
    creator.call("POST", f"/v1/documents/{gone.document_id}/retry")
    document = creator.settled(gone.document_id, attempt=2)
    assert (document["status"], document["error"]["code"]) == ("failed", "upload_gone")


def test_a_document_deleted_during_its_ingestion_leaves_nothing(running_system: RunningSystem, creator: Client) -> None:
    data = b"\n\n".join(b"Sentence number %d about the umber rule, slow and long." % n for n in range(3_000))
    announced = creator.announce("goes.md")
    document_id = announced["document_id"]
    creator.put(announced, data)
    creator.call("DELETE", f"/v1/documents/{document_id}")
    creator.gone(document_id)
    creator.upload("after.md", b"What comes after.")
    assert texts(creator, "umber rule", document_id) == []
    assert versions(running_system, document_id) == []
    await_free_slots(running_system)


def test_bytes_that_are_sent_after_their_document_was_deleted_do_not_stay(
    running_system: RunningSystem, creator: Client
) -> None:
    announced = creator.announce("late-bytes.md")
    document_id = announced["document_id"]
    creator.call("DELETE", f"/v1/documents/{document_id}")
    creator.gone(document_id)
    creator.put(announced, b"0123456789")
    creator.upload("after-late.md", b"What comes after.")
    assert versions(running_system, document_id) == []


def await_free_slots(system: RunningSystem) -> None:
    """Wait until nothing of the creator runs or waits any more."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        key = {"pk": {"S": f"creator#{TENANT}"}}
        share = system.aws.dynamodb.get_item(TableName="coaching", Key={**key, "sk": {"S": "share"}})
        running = json.loads(share["Item"]["data"]["S"])["slots"]
        waiting = system.aws.dynamodb.query(
            TableName="coaching",
            KeyConditionExpression="pk = :p AND begins_with(sk, :s)",
            ExpressionAttributeValues={":p": key["pk"], ":s": {"S": "line#"}},
        )["Items"]
        if not running and not waiting:
            return
        assert time.monotonic() < deadline, (running, waiting)
        time.sleep(0.05)


def test_the_next_version_is_uploaded_to_an_address_of_its_own(creator: Client) -> None:
    document = creator.upload("edition.md", b"The first sepia rule.")
    body = b"The second sepia rule is longer."
    path = f"/v1/documents/{document['document_id']}/versions"
    permit = creator.call("POST", path, {"size_bytes": len(body)})
    assert (permit["document_id"], permit["status"]) == (document["document_id"], "ready")
    creator.put(permit, body)
    second = creator.settled(document["document_id"], version=2)
    assert (second["status"], second["size_bytes"]) == ("ready", len(body))
    assert texts(creator, "sepia rule", document["document_id"]) == [body.decode()]


def test_the_same_bytes_again_are_no_work(creator: Client) -> None:
    body = b"The unchanged rule."
    document = creator.upload("same.md", body)
    creator.put(creator.call("POST", f"/v1/documents/{document['document_id']}/versions", {"size_bytes": 19}), body)
    creator.upload("marker.md", b"A marker.")
    assert creator.call("GET", f"/v1/documents/{document['document_id']}") == document


def test_a_document_whose_worker_died_is_given_up_by_the_sweep_and_can_be_retried(
    running_system: RunningSystem, creator: Client
) -> None:
    stuck = record(
        running_system, status="embedding", version=1, attempt=1, etag="e", object_version="o", moved_at=LONG_AGO
    )
    assert sweep(running_system)["stuck"] >= 1
    document = creator.call("GET", f"/v1/documents/{stuck.document_id}")
    assert (document["status"], document["error"]["code"]) == ("failed", "stuck")
    assert creator.call("POST", f"/v1/documents/{stuck.document_id}/retry")["attempt"] == 2
    assert creator.settled(stuck.document_id, attempt=2)["status"] == "failed"


@contextmanager
def nobody_told_of_uploads(system: RunningSystem) -> Iterator[None]:
    """Let the events of uploads get lost on their way to the queue."""
    events, rule = system.aws.events, "document-uploaded"
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
    try:
        yield
    finally:
        events.put_targets(Rule=rule, Targets=targets)


def test_an_upload_whose_event_was_lost_is_found_by_the_sweep(running_system: RunningSystem, creator: Client) -> None:
    lost = record(running_system, moved_at=LONG_AGO, status="awaiting_upload")
    other = record(running_system, moved_at=LONG_AGO, status="awaiting_upload")
    with nobody_told_of_uploads(running_system):
        key = f"uploads/{TENANT}/{lost.document_id}/lost.md"
        running_system.aws.s3.put_object(Bucket="uploads", Key=key, Body=b"The lost rule is found.")
    outcome = sweep(running_system)
    assert (outcome["found"], outcome["not_uploaded"]) == (1, 1)
    assert creator.settled(lost.document_id)["status"] == "ready"
    assert creator.call("GET", f"/v1/documents/{other.document_id}")["error"]["code"] == "not_uploaded"


def test_a_crowd_of_uploads_all_end_and_keep_nobody_else_waiting(running_system: RunningSystem) -> None:
    crowd, other = client(running_system, "crowd", "creator"), client(running_system, "alone", "creator")

    def send(number: int) -> str:
        announced = crowd.announce(f"{number}.md")
        crowd.put(announced, b"" if number % 10 == 0 else b"The rule of number %d." % number)
        return str(announced["document_id"])

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(send, range(CROWD)))
    assert other.upload("alone.md", b"The rule of one who is alone.")["status"] == "ready"
    assert moving(crowd), "the crowd was through before anybody could have been kept waiting"
    deadline = time.monotonic() + CROWD_SECONDS
    while moving(crowd):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    ended = {each["document_id"]: each["status"] for each in all_of(crowd)}
    assert set(ended) == set(sent)
    assert sorted(ended.values()) == ["failed"] * (CROWD // 10) + ["ready"] * (CROWD - CROWD // 10)


def moving(creator: Client) -> list[dict[str, Any]]:
    """Return the creator's documents that came to no end yet."""
    return [each for each in all_of(creator) if each["status"] not in {"ready", "failed"}]


def all_of(creator: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = creator.call("GET", f"/v1/documents?limit=100&cursor={cursor}")
        found += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return found
