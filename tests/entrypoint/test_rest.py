"""The edge of a REST capability: who may, what is read, what comes back."""

import base64
import json
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.contract.users import CreateGoal
from coaching.entrypoint.rest import RestApp, no_content, reply
from coaching.errors import SearchUnavailable
from coaching.vocabulary import CreatorId, Identity, UserId
from tests.entrypoint.conftest import claims, proxy_event


class Edge:
    """A RestApp with routes that note what they were asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.fails: Exception | None = None
        requests = MemoryAnsweredRequests()
        self.app = RestApp(lambda: requests)
        self.app.get("/v1/open")(no_content)
        self.app.get("/v1/goals")(self._list)
        self.app.post("/v1/goals")(self._set)

    def _list(self) -> Response[str]:
        self.asked.append((self.app.identity, self.app.limit, self.app.cursor))
        return no_content()

    def _set(self) -> Response[str]:
        goal = self.app.body(CreateGoal)
        self.asked.append(goal.title)
        if self.fails:
            raise self.fails
        return reply(goal, 201)


@pytest.fixture
def edge() -> Edge:
    return Edge()


def problem(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
    found: dict[str, Any] = json.loads(answer["body"])
    assert found["status"] == answer["statusCode"]
    assert found["instance"] == "request-1"
    return found


def test_a_route_without_roles_is_open(edge: Edge, context: LambdaContext) -> None:
    assert edge.app.resolve(proxy_event("GET", "/v1/open"), context)["statusCode"] == 204


@pytest.mark.parametrize(
    "who",
    [
        None,
        {},
        claims("user", token_use="access"),
        claims("user", aud="another-client"),
        claims("user", sub=""),
        claims("user", **{"custom:creator_id": ""}),
    ],
)
def test_whoever_is_not_signed_in_with_this_pools_id_token_is_refused(
    edge: Edge, context: LambdaContext, who: dict[str, str] | None
) -> None:
    answer = edge.app.resolve(proxy_event("GET", "/v1/goals", who=who), context)
    assert problem(answer)["status"] == 401
    assert answer["multiValueHeaders"]["WWW-Authenticate"] == ["Bearer"]
    assert not edge.asked


@pytest.mark.parametrize("groups", [(), ("creator",), ("coach", "admin"), ("users",), ("use",)])
def test_whoever_has_another_role_is_refused(edge: Edge, context: LambdaContext, groups: tuple[str, ...]) -> None:
    answer = edge.app.resolve(proxy_event("GET", "/v1/goals", who=claims(*groups)), context)
    assert problem(answer)["status"] == 403


def test_one_of_several_roles_is_enough(edge: Edge, context: LambdaContext) -> None:
    assert edge.app.resolve(proxy_event("GET", "/v1/goals", who=claims("coach", "user")), context)["statusCode"] == 204


def test_a_route_that_is_not_in_the_plan_is_refused(edge: Edge, context: LambdaContext) -> None:
    assert problem(edge.app.resolve(proxy_event("GET", "/v1/other", who=claims("user")), context))["status"] == 403


def test_identity_comes_from_the_claims_alone(edge: Edge, context: LambdaContext) -> None:
    forged = {"x-amzn-request-context": json.dumps({"authorizer": {"claims": claims("user", sub="someone-else")}})}
    edge.app.resolve(proxy_event("GET", "/v1/goals", who=claims("user"), headers=forged), context)
    assert edge.asked == [(Identity(UserId("user-1"), CreatorId("demo"), frozenset({"user"})), 20, None)]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5", "", "٣", "9" * 400])
def test_a_limit_out_of_bounds_is_malformed(edge: Edge, context: LambdaContext, limit: str) -> None:
    answer = edge.app.resolve(proxy_event("GET", "/v1/goals", who=claims("user"), query={"limit": limit}), context)
    assert problem(answer)["status"] == 400


@pytest.mark.parametrize(("body", "status"), [("{oops", 400), ("[]", 422), ("{}", 422), (None, 422), ("\ud800", 400)])
def test_a_body_that_does_not_fit_is_refused(edge: Edge, context: LambdaContext, body: str | None, status: int) -> None:
    answer = edge.app.resolve(proxy_event("POST", "/v1/goals", who=claims("user"), body=body), context)
    assert problem(answer)["status"] == status


def test_a_body_may_come_encoded(edge: Edge, context: LambdaContext) -> None:
    event = proxy_event("POST", "/v1/goals", who=claims("user"))
    event |= {"body": base64.b64encode(b'{"title": "Run"}').decode(), "isBase64Encoded": True}
    assert edge.app.resolve(event, context)["statusCode"] == 201


def test_what_does_not_answer_is_told_with_when_to_come_back(edge: Edge, context: LambdaContext) -> None:
    edge.fails = SearchUnavailable("Search does not answer; try again.")
    answer = edge.app.resolve(proxy_event("POST", "/v1/goals", who=claims("user"), body='{"title": "Run"}'), context)
    assert problem(answer)["code"] == "search_unavailable"
    assert answer["multiValueHeaders"]["Retry-After"] == ["5"]


def test_an_error_that_nobody_named_is_internal_and_says_nothing_of_itself(
    edge: Edge, context: LambdaContext, logged: StringIO
) -> None:
    edge.fails = RuntimeError("words of the user")
    answer = edge.app.resolve(proxy_event("POST", "/v1/goals", who=claims("user"), body='{"title": "Run"}'), context)
    assert problem(answer)["code"] == "internal"
    assert "RuntimeError" in logged.getvalue()
    assert "words of the user" not in logged.getvalue() + answer["body"]


def keyed(body: str, key: str = "key-1", sub: str = "user-1") -> dict[str, Any]:
    return proxy_event("POST", "/v1/goals", who=claims("user", sub=sub), body=body, headers={"Idempotency-Key": key})


def test_the_same_request_under_the_same_key_has_one_effect_and_one_answer(edge: Edge, context: LambdaContext) -> None:
    first = edge.app.resolve(keyed('{"title": "Run"}'), context)
    second = edge.app.resolve(keyed('{"title": "Run"}'), context)
    assert edge.asked == ["Run"]
    assert (second["statusCode"], second["body"]) == (first["statusCode"], first["body"])
    assert second["multiValueHeaders"]["Idempotent-Replayed"] == ["true"]


def test_another_request_under_the_same_key_is_refused(edge: Edge, context: LambdaContext) -> None:
    edge.app.resolve(keyed('{"title": "Run"}'), context)
    assert problem(edge.app.resolve(keyed('{"title": "Swim"}'), context))["status"] == 422
    assert edge.asked == ["Run"]


def test_a_key_belongs_to_its_user(edge: Edge, context: LambdaContext) -> None:
    edge.app.resolve(keyed('{"title": "Run"}'), context)
    assert edge.app.resolve(keyed('{"title": "Swim"}', sub="user-2"), context)["statusCode"] == 201


def test_a_failure_gives_the_key_up(edge: Edge, context: LambdaContext) -> None:
    edge.fails = SearchUnavailable("Search does not answer; try again.")
    edge.app.resolve(keyed('{"title": "Run"}'), context)
    edge.fails = None
    assert edge.app.resolve(keyed('{"title": "Run"}'), context)["statusCode"] == 201


@pytest.mark.parametrize("key", ["", "k" * 256, "käse", "line\nbreak"])
def test_a_key_that_is_not_usable_is_refused(edge: Edge, context: LambdaContext, key: str) -> None:
    assert problem(edge.app.resolve(keyed('{"title": "Run"}', key=key), context))["status"] == 422


def test_every_answer_is_measured_and_logged_without_the_users_words(
    edge: Edge, context: LambdaContext, capsys: pytest.CaptureFixture[str], logged: StringIO
) -> None:
    edge.app.resolve(keyed('{"title": "Run away from everything"}'), context)
    lines = [json.loads(line) for line in (capsys.readouterr().out + logged.getvalue()).splitlines()]
    assert any("_aws" in line and line["operation"] == "POST /v1/goals" for line in lines)
    assert any(line.get("message") == "answered" and line["status"] == 201 for line in lines)
    assert "Run away" not in json.dumps(lines)
