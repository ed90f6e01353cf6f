"""What a whole life leaves behind: AWS calls that the plan grants, and logs without anybody's words."""

import json

import pytest

from coaching.vocabulary import new_ulid
from infra.plan import Capability
from infra.system import SYSTEM
from tests.support.http_client import client
from tests.support.running_system import RunningSystem
from tests.system.words import CREATOR_WORDS, USER_WORDS

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

RESOURCES = {SYSTEM.table.name: "table"}


@pytest.fixture(scope="module")
def lived_system(running_system: RunningSystem) -> RunningSystem:
    """The system after a creator and a user did everything that can be done, successfully and not."""
    a_creators_life(running_system)
    a_users_life(running_system)
    a_life_without_search(running_system)
    return running_system


def a_life_without_search(system: RunningSystem) -> None:
    """What could not be answered gives its idempotency key up."""
    creator, user = client(system, "unlucky", "creator"), client(system, "unlucky", "user")
    before = set(system.vectors.iterdir()) if system.vectors.exists() else set()
    creator.upload("life.md", CREATOR_WORDS.encode())
    [folder] = set(system.vectors.iterdir()) - before
    (folder / "manifest.json").write_text("damaged")
    for path, body in (
        ("/v1/search", {"query": "rest"}),
        (f"/v1/conversations/{user.converse()}/messages", {"text": "Hi"}),
    ):
        assert user.send("POST", path, body, headers=keyed()).status_code == 503


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": new_ulid()}


def a_creators_life(system: RunningSystem) -> None:
    creator = client(system, "life", "creator")
    creator.call("PUT", "/v1/creator", {"name": "Life", "methodology": CREATOR_WORDS})
    creator.call("GET", "/v1/creator")
    announced = {"name": "k.md", "content_type": "text/markdown", "size_bytes": 1}
    creator.call("POST", "/v1/documents", announced, headers=keyed())
    # What the caller should try again gives its key up.
    failed = creator.upload("broken.pdf", f"%PDF-1.7 {CREATOR_WORDS}".encode(), "application/pdf")
    retry = f"/v1/documents/{failed['document_id']}/retry"
    creator.call("POST", retry, headers=keyed())
    creator.settled(failed["document_id"], attempt=2)
    document = creator.upload("life.md", f"# Life\n\nDo {CREATOR_WORDS} on Mondays for nine minutes.".encode())
    creator.send("POST", f"/v1/documents/{document['document_id']}/retry", headers=keyed())
    creator.call("GET", "/v1/documents")
    creator.call("POST", "/v1/search", {"query": CREATOR_WORDS}, headers=keyed())
    gone = creator.upload("gone.md", CREATOR_WORDS.encode())
    # An ingestion that was cut off leaves its work behind.
    system.aws.s3.put_object(Bucket="work", Key=f"work/life/{gone['document_id']}/v1/text.json", Body=b"{}")
    creator.call("DELETE", f"/v1/documents/{gone['document_id']}")
    creator.gone(gone["document_id"])


def a_users_life(system: RunningSystem) -> None:
    user = client(system, "life", "user")
    user.call("POST", "/v1/search", {"query": USER_WORDS}, headers=keyed())
    user.send("POST", "/v1/search", {"query": USER_WORDS, "k": USER_WORDS}, headers=keyed())
    user.call("PATCH", "/v1/profile", {"display_name": USER_WORDS})
    user.call("GET", "/v1/profile")
    goal = user.call("POST", "/v1/goals", {"title": USER_WORDS}, headers=keyed())
    user.call("GET", "/v1/goals")
    user.call("GET", f"/v1/goals/{goal['goal_id']}")
    user.call("PATCH", f"/v1/goals/{goal['goal_id']}", {"progress": 1})
    user.call("DELETE", f"/v1/goals/{goal['goal_id']}")
    begun = user.call("POST", "/v1/conversations", {}, headers=keyed())
    path = f"/v1/conversations/{begun['conversation_id']}"
    user.ask(begun["conversation_id"], f"When do I do {CREATOR_WORDS}? {USER_WORDS}", key="asked")
    user.stream(begun["conversation_id"], USER_WORDS)
    user.send("POST", f"{path}/messages", {"text": "\u0007", "note": USER_WORDS}, headers=keyed())
    user.send("POST", f"/v1/conversations/{USER_WORDS}/messages", {"text": USER_WORDS})
    user.call("GET", "/v1/conversations")
    user.call("GET", path)
    user.call("GET", f"{path}/messages")
    user.call("DELETE", path)


def granted(capability: Capability) -> set[tuple[str, str]]:
    """What the plan grants beside the passages, which have no AWS API here (see tests/adapters/search)."""
    return {
        (grant.resource, action)
        for grant in capability.grants
        if grant.resource != "passages"
        for action in grant.actions
    }


@pytest.mark.parametrize("capability", SYSTEM.capabilities, ids=lambda capability: capability.name)
def test_a_function_is_granted_exactly_what_its_code_calls(lived_system: RunningSystem, capability: Capability) -> None:
    called = {
        (RESOURCES.get(call.resource, call.resource), call.operation)
        for call in lived_system.calls()
        if call.capability == capability.name
    }
    assert called == granted(capability)


def test_nobodys_words_reach_a_log(lived_system: RunningSystem) -> None:
    logs = lived_system.logs()
    for words in (USER_WORDS, CREATOR_WORDS, "zebra", "marmalade", "walrus", "eyJ"):
        assert words not in logs


def test_every_line_of_the_logs_is_json_with_a_request_id(lived_system: RunningSystem) -> None:
    lines = [json.loads(line) for line in lived_system.logs().splitlines()]
    assert len(lines) > 100
    assert [line for line in lines if "_aws" not in line and not line.get("request_id")] == []


def test_every_route_is_measured(lived_system: RunningSystem) -> None:
    lines = [json.loads(line) for line in lived_system.logs().splitlines()]
    measured = {line["operation"] for line in lines if "_aws" in line}
    assert {route.key for route in SYSTEM.routes if route.roles} <= measured
