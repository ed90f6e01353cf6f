"""An edge with a few routes of its own, and events as API Gateway hands them over."""

import json
import sys
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from types import SimpleNamespace
from typing import Any, TextIO, cast

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching.entrypoint.observability import logger
from coaching.settings import settings

CLIENT = "client-1"
ROLES = {
    "GET /v1/open": [],
    "GET /v1/goals": ["user"],
    "POST /v1/goals": ["user"],
    "POST /v1/conversations/{conversation_id}/messages": ["user"],
    "POST /v1/chat/completions": ["user"],
    "GET /v1/models": ["user"],
    "GET /v1/models/{model}": ["user"],
}


@pytest.fixture(autouse=True)
def edge_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("USER_POOL_CLIENT_ID", CLIENT)
    monkeypatch.setenv("ROUTE_ROLES", json.dumps(ROLES))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the logger writes meanwhile."""
    handler = cast("StreamHandler[TextIO]", logger.registered_handler)
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before or sys.stdout)


@pytest.fixture
def context() -> LambdaContext:
    made = SimpleNamespace(
        function_name="goals",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:goals",
        aws_request_id="lambda-request",
        get_remaining_time_in_millis=lambda: 10_000,
    )
    return cast(LambdaContext, made)


def claims(*groups: str, **others: str) -> dict[str, str]:
    """Claims of an ID token as API Gateway's authorizer puts them into the request context."""
    return {
        "token_use": "id",
        "aud": CLIENT,
        "sub": "user-1",
        "custom:creator_id": "demo",
        "cognito:groups": ",".join(groups),
        **others,
    }


def request_context(found: dict[str, str] | None) -> dict[str, Any]:
    authorizer = {"authorizer": {"claims": found}} if found is not None else {}
    return {"requestId": "request-1", **authorizer}


def proxy_event(
    method: str,
    resource: str,
    *,
    who: dict[str, str] | None = None,
    body: str | None = None,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "resource": resource,
        "path": resource,
        "headers": headers or {},
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()},
        "pathParameters": None,
        "requestContext": request_context(who),
        "body": body,
        "isBase64Encoded": False,
    }
