"""A thousand random requests to all routes, none of which reaches what is another creator's or another user's.

The stores' share of the ten thousand is in tests/adapters/search/attempts_contract.py.
"""

import random
from typing import Any

import httpx2
import pytest

from infra.plan import Route
from infra.system import SYSTEM
from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem

# Beside the other tests of the system, in a process of their own: they take a minute.
pytestmark = pytest.mark.xdist_group("long")

ATTEMPTS = 1_000
SECRET = "xylophone"
VICTIM = "victim"
ATTACKERS = ("victi", "victim2", "victim-x", "Victim")
CLOSED = [route for route in SYSTEM.routes if route.roles]
IDS = ("document_id", "conversation_id", "goal_id")
FIELDS = ("creator_id", "topic", "$where", "document_id", "published", "a.b", 'say "hi"')
VALUES: tuple[Any, ...] = (VICTIM, "", "*", "$ne", '"', "' OR 1=1", True, False, 0, 1.5)


@pytest.fixture(scope="module")
def theirs(running_system: RunningSystem) -> dict[str, str]:
    """The ids of what the victim has."""
    creator, user = client(running_system, VICTIM, "creator"), client(running_system, VICTIM, "user")
    creator.call("PUT", "/v1/creator", {"name": SECRET, "methodology": f"The {SECRET} way."})
    document = creator.upload(
        "secret.md", f"# {SECRET}\n\nThe {SECRET} rule is to rest.".encode(), metadata={"topic": "a"}
    )
    conversation = user.converse()
    user.ask(conversation, f"What is the {SECRET} rule?")
    goal = user.call("POST", "/v1/goals", {"title": SECRET})["goal_id"]
    return {"document_id": document["document_id"], "conversation_id": conversation, "goal_id": goal}


def test_no_random_attempt_reaches_another_creator(running_system: RunningSystem, theirs: dict[str, str]) -> None:
    chance = random.Random(1_000)
    clients = [client(running_system, name, role) for name in ATTACKERS for role in ("creator", "user")]
    with httpx2.Client(base_url=running_system.url, timeout=60) as http:
        for _ in range(ATTEMPTS):
            attempt(http, chance.choice(clients), chance.choice(CLOSED), theirs, chance)
    creator, user = client(running_system, VICTIM, "creator"), client(running_system, VICTIM, "user")
    assert creator.call("GET", "/v1/creator")["name"] == SECRET
    assert creator.call("GET", f"/v1/documents/{theirs['document_id']}")["status"] == "ready"
    assert user.call("POST", "/v1/search", {"query": SECRET})["items"]
    assert len(user.call("GET", f"/v1/conversations/{theirs['conversation_id']}/messages")["items"]) == 1
    assert user.call("GET", f"/v1/goals/{theirs['goal_id']}")["title"] == SECRET


def attempt(http: httpx2.Client, who: Client, route: Route, theirs: dict[str, str], chance: random.Random) -> None:
    path = route.path
    for name in IDS:
        path = path.replace("{" + name + "}", chance.choice([theirs[name], chance.choice(list(theirs.values()))]))
    if route.method == "GET" and route.query and chance.random() < 0.5:
        path += f"?cursor={chance.choice([VICTIM, theirs['document_id'], 'e30='])}"
    body = _body(route, theirs, chance)
    headers = {"Authorization": f"Bearer {who.token}", "X-Creator-Id": VICTIM, "Idempotency-Key": theirs["goal_id"]}
    if chance.random() < 0.8:
        del headers["Idempotency-Key"]
    answer = http.request(route.method, path, json=body, headers=headers)
    said = (route.key, answer.status_code, answer.text)
    assert answer.status_code < 500, said
    assert SECRET not in answer.text, said
    if "{" in route.path:
        assert answer.status_code >= 400, said
    else:
        assert not any(identifier in answer.text for identifier in theirs.values()), said


def _body(route: Route, theirs: dict[str, str], chance: random.Random) -> Any:
    smuggled = {"creator_id": VICTIM, **theirs} if chance.random() < 0.2 else {}
    match route.body.__name__ if route.body else "":
        case "SearchRequest":
            fields = chance.sample(FIELDS, chance.randrange(4))
            return {"query": "what rule rests", "k": 50, "filter": {field: _condition(chance) for field in fields}}
        case "PostMessage":
            return {"text": "What is the rule of the other creator?", **smuggled}
        case "CreateGoal":
            return {"title": "A goal", **smuggled}
        case "CreateDocument":
            return {"name": "a.md", "content_type": "text/markdown", "size_bytes": 5, **smuggled}
        case "CreateVersion":
            return {"size_bytes": 5, **smuggled}
        case "CompleteUploadRequest":
            return {"parts": [{"number": 1, "etag": "x"}]}
        case "PutCreator":
            return {"name": "Mine", **smuggled}
        case _:
            return smuggled or None


def _condition(chance: random.Random) -> Any:
    values = chance.choices(VALUES, k=chance.choice([1, 5, 900]))
    return chance.choice([values[0], {"equals": values[0]}, {"in": values}, {"range": {"gte": -1, "lte": 2}}])
