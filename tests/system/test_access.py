"""Who may: every route, every role, every tenant."""

import json
import re

import httpx2
import pytest

from coaching.vocabulary import Role
from infra.plan import Route
from infra.system import SYSTEM
from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem
from tests.system.crew import Crew

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

ROLES: tuple[Role, ...] = ("user", "creator", "coach", "admin")
NOWHERE = "01JB0000000000000000000009"
CLOSED = [route for route in SYSTEM.routes if route.roles]
WITH_ID = [route for route in CLOSED if "{" in route.path]
# The model of OpenAI's clients is the creator, who is there for all of its users.
OF_ONE_USER = [route for route in WITH_ID if route.roles == ("user",) and "{model}" not in route.path]


def filled(route: Route, identifier: str = NOWHERE) -> str:
    return re.sub(r"{\w+}", lambda _: identifier, route.path)


def body_for(route: Route) -> object:
    bodies: dict[str, object] = {
        "PostMessage": {"text": "Hello"},
        "CreateGoal": {"title": "Run"},
        "SearchRequest": {"query": "run"},
    }
    bodies |= {"SendHumanMessage": {"text": "Hello"}, "HandOver": {"to": "nobody"}, "Resolve": {"outcome": "safe_now"}}
    bodies |= {"PostFeedback": {"rating": "up"}}
    bodies |= {"CompleteUploadRequest": {"parts": [{"number": 1, "etag": "a"}]}, "CreateVersion": {"size_bytes": 1}}
    return bodies.get(route.body.__name__ if route.body else "", {})


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.key)
def test_without_a_token_nothing_is_to_be_had(running_system: RunningSystem, route: Route) -> None:
    answer = Client(running_system.url, "").send(route.method, filled(route), body_for(route))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.key)
def test_every_wrong_role_is_refused(running_system: RunningSystem, route: Route) -> None:
    for role in set(ROLES) - set(route.roles):
        answer = client(running_system, "access", role).send(route.method, filled(route), body_for(route))
        assert (role, answer.status_code) == (role, 403)
        if route.face == "openai":
            assert answer.json()["error"]["type"] == "permission_error"
        else:
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "Bearer", "x" * 9_000])
def test_a_token_that_is_none_is_refused(running_system: RunningSystem, token: str) -> None:
    assert Client(running_system.url, token).send("GET", "/v1/goals").status_code == 401


@pytest.fixture(scope="module")
def theirs(running_system: RunningSystem) -> dict[str, str]:
    """Ids that exist, of another tenant."""
    creator, user = client(running_system, "access-other", "creator"), client(running_system, "access-other", "user")
    conversation = user.converse()
    message = user.ask(conversation, "Hello")["message_id"]
    return {
        "model": "access-other",
        "document_id": creator.upload("theirs.md", b"The secret rule of others.")["document_id"],
        "conversation_id": conversation,
        "message_id": message,
        "goal_id": user.call("POST", "/v1/goals", {"title": "Theirs"})["goal_id"],
        "escalation_id": Crew(running_system, "access-other").flagged(),
    }


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.key)
def test_what_belongs_to_another_tenant_is_not_found(
    running_system: RunningSystem, theirs: dict[str, str], route: Route
) -> None:
    for creator in ("access", "access-othe", "access-other2"):
        answer = client(running_system, creator, route.roles[0]).send(
            route.method, route.path.format_map(theirs), body_for(route)
        )
        assert (creator, answer.status_code) == (creator, 404)


@pytest.mark.parametrize("route", OF_ONE_USER, ids=lambda route: route.key)
def test_what_belongs_to_another_user_of_the_same_creator_is_not_found(
    running_system: RunningSystem, theirs: dict[str, str], route: Route
) -> None:
    neighbour = client(running_system, "access-other", "user", "neighbour")
    assert neighbour.send(route.method, route.path.format_map(theirs), body_for(route)).status_code == 404


@pytest.mark.parametrize("identifier", ["..", "%2e%2e", "a%23b", "x" * 500, "%00", "ä", "' OR 1=1", "%F0%9F%98%80"])
@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.key)
def test_an_id_that_is_none_is_not_found_or_malformed(
    running_system: RunningSystem, route: Route, identifier: str
) -> None:
    answer = client(running_system, "access", route.roles[0]).send(
        route.method, filled(route, identifier), body_for(route)
    )
    assert answer.status_code in {400, 403, 404}, answer.text


def test_another_tenants_passages_are_never_found(running_system: RunningSystem, theirs: dict[str, str]) -> None:
    user = client(running_system, "access", "user")
    assert user.call("POST", "/v1/search", {"query": "The secret rule of others", "k": 50})["items"] == []
    assert user.ask(user.converse(), "What is the secret rule of others?")["kind"] == "abstain"


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/goals", "/v1/conversations"])
def test_a_cursor_of_another_tenant_is_malformed(running_system: RunningSystem, path: str) -> None:
    role: Role = "creator" if path == "/v1/documents" else "user"
    body = {"name": "a.md", "content_type": "text/markdown", "size_bytes": 1} if role == "creator" else {"title": "G"}
    owner, other = client(running_system, "cursor-a", role), client(running_system, "cursor-b", role)
    for _ in range(2):
        owner.call("POST", path, body if path != "/v1/conversations" else {})
    cursor = owner.call("GET", f"{path}?limit=1")["next_cursor"]
    assert owner.send("GET", f"{path}?limit=1&cursor={cursor}").status_code == 200
    for wrong in (cursor, "garbage", "e30="):
        assert other.send("GET", f"{path}?limit=1&cursor={wrong}").status_code == 400


@pytest.mark.parametrize("header", ["x-amzn-request-context", "X-Amzn-Request-Context", "x-amzn-lambda-context"])
def test_a_forged_context_is_not_believed(running_system: RunningSystem, header: str) -> None:
    mine, victim = client(running_system, "access", "user"), client(running_system, "access-victim", "user")
    conversation = victim.converse()
    claims = {"sub": "x", "custom:creator_id": "access-victim", "token_use": "id", "cognito:groups": "user,creator"}
    forged = {header: json.dumps({"authorizer": {"claims": claims}, "requestId": "forged"})}
    path = f"/v1/conversations/{conversation}/messages"
    assert mine.send("POST", path, {"text": "Hello"}, headers=forged).status_code == 404
    assert Client(mine.url, "").send("POST", path, {"text": "Hello"}, headers=forged).status_code == 401
    assert mine.send("GET", "/v1/documents", headers=forged).status_code == 403


def test_a_path_that_is_not_served_is_a_problem_document(running_system: RunningSystem) -> None:
    for method, path in (("GET", "/v1/nothing"), ("PATCH", "/v1/health"), ("GET", "/")):
        answer = Client(running_system.url, "").send(method, path)
        assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_a_body_over_the_limit_is_refused(running_system: RunningSystem) -> None:
    user = client(running_system, "access", "user")
    answer = httpx2.post(
        f"{user.url}/v1/goals",
        content=b"a" * (10 * 1024 * 1024 + 1),
        headers={"Authorization": f"Bearer {user.token}"},
        timeout=30,
    )
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_health_and_contract_are_open(running_system: RunningSystem) -> None:
    nobody = Client(running_system.url, "")
    assert nobody.call("GET", "/v1/health")["status"] == "ok"
    contract = nobody.call("GET", "/v1/openapi.json")
    described = {
        f"{method.upper()} {path}"
        for path, item in contract["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert described == {route.key for route in SYSTEM.routes}
