"""HTTP requests as API Gateway's REST proxy events (version 1.0), and proxy answers as HTTP responses."""

import base64
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.functions import ACCOUNT, Json

Event = dict[str, Any]
STAGE = "local"
_MADE_BY_THE_GATEWAY = {"x-amzn-request-context", "x-amzn-lambda-context"}


@dataclass(frozen=True, slots=True)
class GatewayRequest:
    """What a client sent. `path` is decoded, `query` raw; `template` and `parameters` come from the matched route."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    client_host: str
    template: str
    parameters: Mapping[str, str]
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def header(self, name: str) -> str | None:
        """Return the header's value, the last one as in an event's `headers`."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), None)


def proxy_event(request: GatewayRequest, body: bytes, claims: Mapping[str, str] | None) -> Event:
    """Return the event of a request. Headers in which our own adapter would believe are not taken from a client."""
    headers = [(name, value) for name, value in request.headers if name.lower() not in _MADE_BY_THE_GATEWAY]
    query = parse_qsl(request.query, keep_blank_values=True)
    text, encoded = _body_text(body)
    return {
        "resource": request.template,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _grouped(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _grouped(query) or None,
        "pathParameters": dict(request.parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, claims),
        "body": text,
        "isBase64Encoded": encoded,
    }


def _context(request: GatewayRequest, claims: Mapping[str, str] | None) -> Event:
    moment = datetime.now(UTC)
    context: Event = {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": "127.0.0.1",
        "extendedRequestId": request.request_id,
        "httpMethod": request.method,
        "identity": {"sourceIp": request.client_host, "userAgent": request.header("user-agent")},
        "path": f"/{STAGE}{request.path}",
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(moment.timestamp() * 1000),
        "resourcePath": request.template,
        "stage": STAGE,
    }
    if claims is not None:
        context["authorizer"] = {"claims": dict(claims)}
    return context


def _body_text(body: bytes) -> tuple[str | None, bool]:
    try:
        return (body.decode("utf-8") or None), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), True


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


@dataclass(frozen=True, slots=True)
class ProxyAnswer:
    """A function's answer, read from its proxy response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def proxy_answer(payload: Json) -> ProxyAnswer:
    """Read a function's proxy response. Raises: ValueError for what API Gateway calls malformed."""
    if not isinstance(payload, dict) or not isinstance(payload.get("statusCode"), int):
        raise ValueError("A proxy response is an object with a statusCode.")  # noqa: TRY004 - of the wrong shape
    multiple: Mapping[str, list[Any]] = payload.get("multiValueHeaders") or {}
    single = {name: [value] for name, value in (payload.get("headers") or {}).items()}
    # A name in both maps is taken from the multi-value one.
    named = {name.lower() for name in multiple}
    both = {**{name: values for name, values in single.items() if name.lower() not in named}, **multiple}
    headers = tuple((name, str(value)) for name, values in both.items() for value in values)
    body = payload.get("body") or ""
    raw = base64.b64decode(body) if payload.get("isBase64Encoded") else str(body).encode("utf-8")
    return ProxyAnswer(payload["statusCode"], headers, raw)
