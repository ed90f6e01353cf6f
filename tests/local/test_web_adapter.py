"""A proxy event reaches an ASGI app as the Lambda Web Adapter would hand it over."""

import asyncio
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.functions import Json
from local.web_adapter import call_asgi


async def show(request: Request) -> Response:
    body = (await request.body()).decode()
    query = request.query_params.multi_items()
    headers = request.headers.items()
    return JSONResponse({"path": request.url.path, "query": query, "headers": headers, "body": body}, status_code=201)


async def stream(_: Request) -> Response:
    return StreamingResponse(iter(["data: a\n\n", "data: b\n\n"]), media_type="text/event-stream")


APP = Starlette(routes=[Route("/v1/{rest:path}", show, methods=["POST"]), Route("/stream", stream)])


def event(**changed: Json) -> dict[str, Any]:
    return {
        "path": "/v1/conversations/ä b",
        "httpMethod": "POST",
        "multiValueHeaders": {"Content-Type": ["application/json"], "X-Many": ["1", "2"]},
        "multiValueQueryStringParameters": {"a": ["1", "2 & 3"]},
        "body": '{"text": "hi"}',
        "isBase64Encoded": False,
        "requestContext": {"requestId": "r1", "authorizer": {"claims": {"sub": "u1"}}},
        **changed,
    }


def seen(**changed: Json) -> dict[str, Any]:
    answer = call_asgi(APP, event(**changed))
    assert answer["statusCode"] == 201
    seen: dict[str, Any] = json.loads(answer["body"])
    return seen


def test_path_query_headers_and_body_arrive() -> None:
    request = seen()
    assert request["path"] == "/v1/conversations/ä b"
    assert request["query"] == [["a", "1"], ["a", "2 & 3"]]
    assert ["x-many", "1"] in request["headers"]
    assert ["x-many", "2"] in request["headers"]
    assert request["body"] == '{"text": "hi"}'


def test_the_request_context_arrives_in_its_header() -> None:
    [context] = [value for name, value in seen()["headers"] if name == "x-amzn-request-context"]
    assert json.loads(context)["authorizer"]["claims"] == {"sub": "u1"}


def test_a_context_that_a_client_sent_is_overwritten() -> None:
    forged = {"X-Amzn-Request-Context": ["forged"], "x-amzn-LAMBDA-context": ["forged"]}
    assert "forged" not in json.dumps(seen(multiValueHeaders=forged))


def test_a_body_in_base64_is_decoded() -> None:
    assert seen(body="aGk=", isBase64Encoded=True)["body"] == "hi"


def test_an_event_with_single_headers_only_is_enough() -> None:
    request = seen(multiValueHeaders=None, headers={"Accept": "text/plain"}, multiValueQueryStringParameters=None)
    assert ["accept", "text/plain"] in request["headers"]


def test_a_stream_is_gathered() -> None:
    answer = call_asgi(APP, event(path="/stream", httpMethod="GET"))
    assert answer["body"] == "data: a\n\ndata: b\n\n"
    assert answer["multiValueHeaders"]["content-type"] == ["text/event-stream; charset=utf-8"]


def test_an_event_loop_can_be_used_again() -> None:
    with asyncio.Runner() as runner:
        answers = [call_asgi(APP, event(), runner)["statusCode"] for _ in range(3)]
    assert answers == [201, 201, 201]
