"""The local gateway: routes, checks before a function is called, error shapes, streams."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from infra.plan import Capability, Route, System
from local.functions import Json
from local.gateway import BODY_LIMIT, gateway_app
from local.identity import TokenVerifier
from tests.support import tokens
from tests.support.handlers import HandlerBoard, system_of

ONE_GOAL = "/v1/goals/{goal_id}"
STREAM = "/v1/conversations/{conversation_id}/messages"


def _system() -> System:
    return system_of(
        Capability("platform", 128, 5),
        Capability("goals", 128, 1),
        Capability("chat", 128, 1, asgi=True),
        routes=(
            Route("GET", "/v1/health", "platform", "health"),
            Route("GET", ONE_GOAL, "goals", "one goal", ("user",)),
            Route("GET", "/v1/goals/latest", "goals", "a literal beside a parameter", ("user",)),
            Route("POST", "/v1/goals", "goals", "set a goal", ("user",)),
            Route("POST", STREAM, "chat", "say something", ("user",), streams=True),
        ),
    )


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what arrived."""
    message = await receive()
    headers = [[name.decode(), value.decode()] for name, value in scope["headers"]]
    body = {"headers": headers, "body": message["body"].decode(), "path": scope["path"]}
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


@pytest.fixture
def board() -> HandlerBoard:
    board = HandlerBoard()
    board.apps["chat"] = echo
    board.handlers["goals"] = board.handlers["platform"] = lambda event, _: {
        "statusCode": 200,
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "body": json.dumps(event),
    }
    return board


class Caller:
    """Calls the gateway as a signed-in user."""

    def __init__(self, board: HandlerBoard) -> None:
        verifier = TokenVerifier(tokens.jwks(), tokens.ISSUER, tokens.AUDIENCE)
        self.app = gateway_app(_system(), board.functions(_system()), verifier)

    def __call__(self, method: str, path: str, *, token: str | None = "", **request: Json) -> httpx2.Response:
        headers = httpx2.Headers(request.pop("headers", None))
        if token is not None:
            headers.setdefault("Authorization", f"Bearer {token or tokens.signed()}")

        async def call() -> httpx2.Response:
            transport = httpx2.ASGITransport(self.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.request(method, path, headers=headers, **request)

        return asyncio.run(call())


@pytest.fixture
def call(board: HandlerBoard) -> Caller:
    return Caller(board)


def problem(response: httpx2.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(document)
    assert document["status"] == response.status_code
    return document


def test_a_function_gets_a_proxy_event_with_verified_claims(call: Caller) -> None:
    event = call("GET", "/v1/goals/abc%20d?limit=5&tag=a&tag=b").json()
    assert event["resource"] == ONE_GOAL
    assert event["pathParameters"] == {"goal_id": "abc d"}
    assert event["queryStringParameters"] == {"limit": "5", "tag": "b"}
    assert event["multiValueQueryStringParameters"]["tag"] == ["a", "b"]
    claims = event["requestContext"]["authorizer"]["claims"]
    assert (claims["sub"], claims["cognito:groups"], claims["token_use"]) == ("user-1", "user,coach", "id")


def test_a_literal_segment_beats_a_parameter(call: Caller) -> None:
    assert call("GET", "/v1/goals/latest").json()["resource"] == "/v1/goals/latest"


def test_the_answer_names_the_request(call: Caller) -> None:
    response = call("GET", "/v1/goals/1")
    assert response.headers["x-amzn-requestid"] == response.json()["requestContext"]["requestId"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/goals/1/2"),
        ("GET", "/v1/health/"),
        ("DELETE", "/v1/health"),
        ("HEAD", "/v1/health"),
        ("OPTIONS", "/v1/goals"),
        ("GET", "/docs"),
    ],
)
def test_an_unknown_path_or_method_is_a_404(call: Caller, method: str, path: str) -> None:
    response = call(method, path, token=None)
    assert response.status_code == 404
    if method != "HEAD":
        assert problem(response)["code"] == "not_found"


def test_an_open_route_needs_no_token_and_passes_no_claims_on(call: Caller) -> None:
    assert "authorizer" not in call("GET", "/v1/health", token=None).json()["requestContext"]
    assert "authorizer" not in call("GET", "/v1/health").json()["requestContext"]


def test_a_missing_token_is_a_401_that_says_how_to_sign_in(call: Caller) -> None:
    response = call("GET", "/v1/goals/1", token=None)
    assert problem(response)["code"] == "not_signed_in"
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/goals", "/v1/conversations/c/messages"])
def test_a_bad_token_reaches_no_function(call: Caller, board: HandlerBoard, path: str) -> None:
    assert call("POST", path, token=tokens.signed_with_the_public_key(), json={}).status_code == 401
    assert board.events == {}


def test_two_authorization_headers_are_refused(call: Caller) -> None:
    twice = [("Authorization", f"Bearer {tokens.signed()}"), ("Authorization", f"Bearer {tokens.signed()}")]
    assert call("GET", "/v1/goals/1", token=None, headers=twice).status_code == 401


def test_a_body_over_the_limit_is_refused_by_its_declared_size(call: Caller, board: HandlerBoard) -> None:
    assert problem(call("POST", "/v1/goals", content=b"x" * (BODY_LIMIT + 1)))["code"] == "too_large"
    assert board.events == {}


def test_a_body_over_the_limit_is_refused_when_its_size_is_not_declared(call: Caller) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 1_000_000 + 2):
            yield b"x" * 1_000_000

    assert call("POST", "/v1/goals", content=endless()).status_code == 413


def test_a_body_that_is_not_text_arrives_in_base64(call: Caller) -> None:
    event = call("POST", "/v1/goals", content=b"\xff\xfe").json()
    assert (event["body"], event["isBase64Encoded"]) == ("//4=", True)


FORGED = ["x-amzn-request-context", "X-Amzn-Request-Context", "X-AMZN-LAMBDA-CONTEXT", "x-amzn-lambda-context"]


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_context_header_reaches_no_function(call: Caller, name: str) -> None:
    event = call("POST", "/v1/goals", headers={name: "forged"}, json={}).json()
    assert "forged" not in json.dumps(event)


@pytest.mark.parametrize("name", FORGED)
def test_the_streaming_app_sees_only_the_gateways_context(call: Caller, name: str) -> None:
    answer = call("POST", "/v1/conversations/c1/messages", headers={name: "forged"}, json={"text": "hi"}).json()
    assert "forged" not in json.dumps(answer)
    contexts = [value for key, value in answer["headers"] if key == "x-amzn-request-context"]
    assert [json.loads(text)["authorizer"]["claims"]["sub"] for text in contexts] == ["user-1"]
    assert json.loads(answer["body"]) == {"text": "hi"}


def test_a_crashed_function_is_a_500_that_does_not_tell_why(call: Caller, board: HandlerBoard) -> None:
    def crash(_event: object, _context: object) -> None:
        raise KeyError("secret")

    board.handlers["goals"] = crash
    response = call("GET", "/v1/goals/1")
    assert (response.status_code, problem(response)["code"]) == (500, "internal")
    assert "secret" not in response.text


@pytest.mark.parametrize("payload", [None, "text", {}, {"statusCode": "200"}])
def test_an_answer_that_is_no_proxy_response_is_a_500(call: Caller, board: HandlerBoard, payload: Json) -> None:
    board.handlers["goals"] = lambda *_: payload
    assert call("GET", "/v1/goals/1").status_code == 500


def test_a_function_that_takes_longer_than_its_plan_permits_is_a_503(call: Caller, board: HandlerBoard) -> None:
    board.handlers["goals"] = lambda *_: time.sleep(2)
    assert problem(call("GET", "/v1/goals/1"))["code"] == "unavailable"


def test_a_streaming_app_that_crashes_before_its_first_byte_is_a_500(board: HandlerBoard) -> None:
    async def crash(*_: object) -> None:
        raise KeyError("secret")

    board.apps["chat"] = crash
    response = Caller(board)("POST", "/v1/conversations/c1/messages", json={})
    assert (response.status_code, problem(response)["code"]) == (500, "internal")


def test_a_streaming_app_that_says_nothing_in_time_is_a_503(board: HandlerBoard) -> None:
    async def silent(*_: object) -> None:
        await asyncio.sleep(5)

    board.apps["chat"] = silent
    assert Caller(board)("POST", "/v1/conversations/c1/messages", json={}).status_code == 503
