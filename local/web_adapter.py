"""What the Lambda Web Adapter does in front of the streaming function: a proxy event becomes an HTTP request.

The adapter tells the app who calls in the header `x-amzn-request-context`; what a client sends under that name is
overwritten. Source: github.com/awslabs/aws-lambda-web-adapter, README ("Request Context").
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Event = dict[str, Any]
REQUEST_CONTEXT_HEADER = b"x-amzn-request-context"
LAMBDA_CONTEXT_HEADER = b"x-amzn-lambda-context"


def asgi_scope(event: Event) -> dict[str, Any]:
    """Return the ASGI scope of the request in a REST proxy event."""
    path = str(event["path"])
    query = urlencode(event.get("multiValueQueryStringParameters") or {}, doseq=True)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": event["httpMethod"],
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": _headers(event),
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 8080),
    }


def request_body(event: Event) -> bytes:
    """Return the body in a REST proxy event."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else str(body).encode("utf-8", "surrogatepass")


def call_asgi(app: AsgiApp, event: Event, runner: asyncio.Runner | None = None) -> Event:
    """Answer a REST proxy event by an ASGI app, the whole stream gathered into one proxy response.

    `runner` may be given to use its event loop again.
    """
    if runner is not None:
        return runner.run(_gathered(app, event))
    with asyncio.Runner() as once:
        return once.run(_gathered(app, event))


async def _gathered(app: AsgiApp, event: Event) -> Event:
    gathering = _Gathering()
    await app(asgi_scope(event), one_request(request_body(event), gathering.never), gathering.send)
    return {
        "statusCode": gathering.status,
        "multiValueHeaders": gathering.headers,
        "body": b"".join(gathering.parts).decode("utf-8"),
        "isBase64Encoded": False,
    }


def one_request(body: bytes, then: Receive) -> Receive:
    """Return an ASGI `receive` that gives the body once, and afterwards what `then` gives."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await then()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _headers(event: Event) -> list[tuple[bytes, bytes]]:
    multiple = event.get("multiValueHeaders") or {name: [value] for name, value in (event.get("headers") or {}).items()}
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, values in multiple.items()
        for value in values
    ]
    forwarded = [pair for pair in headers if pair[0] not in {REQUEST_CONTEXT_HEADER, LAMBDA_CONTEXT_HEADER}]
    context = json.dumps(event.get("requestContext") or {}).encode("ascii")
    return [*forwarded, (REQUEST_CONTEXT_HEADER, context)]


@dataclass(slots=True)
class _Gathering:
    status: int = 0
    headers: dict[str, list[str]] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            for name, value in message.get("headers", ()):
                self.headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))

    async def never(self) -> Message:
        """Wait for ever: the caller of an invocation does not leave."""
        await asyncio.get_running_loop().create_future()
        raise AssertionError("unreachable")
