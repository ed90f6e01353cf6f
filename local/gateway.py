"""The plan's REST API on this machine: the checks, proxy events and error shapes of API Gateway."""

import asyncio
import logging
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from coaching.errors import CoachingError, TooLarge
from infra.gateway_responses import ANSWERS
from infra.plan import Route, System
from local.functions import TIMED_OUT, Functions
from local.gateway_answers import REQUEST_ID_HEADER, failure, refusal
from local.identity import TokenVerifier, authorizer_claims, bearer_token
from local.proxy_events import GatewayRequest, proxy_answer, proxy_event
from local.streaming import StreamingFunction

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes. Source: docs.aws.amazon.com/apigateway/latest/developerguide/limits.html, as are the seconds."""
INTEGRATION_SECONDS = 29
_log = logging.getLogger(__name__)


def gateway_app(system: System, functions: Functions, verifier: TokenVerifier) -> Starlette:
    """Return the app that serves every route of the plan, and a problem document for everything else."""
    # A literal segment beats a parameter.
    ordered = sorted(system.routes, key=lambda route: [part.startswith("{") for part in route.path.split("/")])
    routes = []
    for route in ordered:
        served = StarletteRoute(route.path, _Endpoint(route, functions, verifier), methods=[route.method])
        # Starlette adds HEAD to GET; API Gateway does not.
        served.methods = {route.method}
        routes.append(served)
    app = Starlette(routes=routes, exception_handlers={404: _unknown_path, 405: _unknown_path})
    app.router.redirect_slashes = False
    return app


async def _unknown_path(request: Request, _: Exception) -> Response:
    found = gateway_request(request.scope, template="")
    return refusal(ANSWERS["MISSING_AUTHENTICATION_TOKEN"], found.request_id)


class _Endpoint:
    """One route, from the client's bytes to the function's answer."""

    def __init__(self, route: Route, functions: Functions, verifier: TokenVerifier) -> None:
        self._route = route
        self._functions = functions
        self._verifier = verifier
        capability = functions.capability(route.capability)
        self._streaming = StreamingFunction(capability, functions) if capability.asgi else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = gateway_request(scope, template=self._route.path)
        try:
            _refuse_declared_size(request)
            claims = self._claims(request)
            body = await _body(receive)
        except CoachingError as error:
            await refusal(error, request.request_id)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        event = proxy_event(request, body, claims)
        if self._streaming:
            await self._streaming.answer(event, receive, send)
            return
        await (await self._answer(request, event))(scope, receive, send)

    def _claims(self, request: GatewayRequest) -> Mapping[str, str] | None:
        if not self._route.roles:
            return None
        sent = [value for name, value in request.headers if name.lower() == "authorization"]
        token = bearer_token(sent[0] if len(sent) == 1 else None)
        return authorizer_claims(self._verifier.verify(token))

    async def _answer(self, request: GatewayRequest, event: dict[str, object]) -> Response:
        running = asyncio.wrap_future(self._functions.start(self._route.capability, event))
        seconds = min(INTEGRATION_SECONDS, self._functions.capability(self._route.capability).timeout_seconds)
        try:
            outcome = await asyncio.wait_for(asyncio.shield(running), seconds)
        except TimeoutError:
            return failure(request.request_id, timed_out=True)
        if outcome.error:
            _log.error("%s ended in %s", self._route.capability, outcome.error)
            return failure(request.request_id, timed_out=outcome.error == TIMED_OUT)
        try:
            answer = proxy_answer(outcome.payload)
        except ValueError:
            _log.exception("%s gave no proxy response", self._route.capability)
            return failure(request.request_id)
        response = Response(answer.body, answer.status)
        for name, value in answer.headers:
            response.headers.append(name, value)
        response.headers[REQUEST_ID_HEADER] = request.request_id
        return response


def gateway_request(scope: Scope, template: str) -> GatewayRequest:
    """Return what the client sent, of an ASGI scope."""
    return GatewayRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        client_host=(scope.get("client") or ("127.0.0.1",))[0],
        template=template,
        parameters=scope.get("path_params", {}),
    )


def _refuse_declared_size(request: GatewayRequest) -> None:
    declared = request.header("content-length") or "0"
    if declared.isdecimal() and int(declared[:20]) > BODY_LIMIT:
        raise TooLarge(ANSWERS["REQUEST_TOO_LARGE"].message)


async def _body(receive: Receive) -> bytes:
    """Return the request's body. Raises: TooLarge as soon as it is; ClientDisconnect."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise TooLarge(ANSWERS["REQUEST_TOO_LARGE"].message)
        if not message.get("more_body"):
            return bytes(body)
