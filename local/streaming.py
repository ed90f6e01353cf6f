"""The streaming function behind the gateway: its bytes pass through as they come."""

import asyncio
import logging

from starlette.types import Message, Receive, Send

from infra.plan import Capability
from local.functions import Functions, current_capability
from local.gateway_answers import REQUEST_ID_HEADER, failure
from local.proxy_events import Event
from local.web_adapter import asgi_scope, one_request, request_body

_log = logging.getLogger(__name__)


class StreamingFunction:
    """Runs an `asgi` capability's app for a proxy event. A client that leaves is reported to the app."""

    def __init__(self, capability: Capability, functions: Functions) -> None:
        self._capability = capability
        self._functions = functions

    async def answer(self, event: Event, receive: Receive, send: Send) -> None:
        """Pass the answer on. A crash before its first byte is a problem; later it ends the connection."""
        passing = _Passing(send, event["requestContext"]["requestId"])
        try:
            await self._run(event, receive, passing)
        except TimeoutError:
            _log.warning("%s took longer than its time", self._capability.name)
            await passing.give_up(event, receive, timed_out=True)
        except Exception as error:  # noqa: BLE001 - whatever leaves the app is a failed integration
            _log.exception("%s ended in %s", self._capability.name, type(error).__name__)
            await passing.give_up(event, receive, timed_out=False)

    async def _run(self, event: Event, receive: Receive, send: Send) -> None:
        token = current_capability.set(self._capability.name)
        try:
            app = self._functions.module(self._capability.name).app
            async with asyncio.timeout(self._capability.timeout_seconds):
                await app(asgi_scope(event), one_request(request_body(event), receive), send)
        finally:
            current_capability.reset(token)


class _Passing:
    """An ASGI `send` that knows whether the answer has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            identified = (REQUEST_ID_HEADER.lower().encode(), self._request_id.encode())
            message = {**message, "headers": [*message.get("headers", ()), identified]}
        await self._send(message)

    async def give_up(self, event: Event, receive: Receive, *, timed_out: bool) -> None:
        """Raises: ConnectionAbortedError where the answer has begun, for the server to cut the connection."""
        if self._begun:
            raise ConnectionAbortedError("the answer broke off")
        await failure(self._request_id, timed_out=timed_out)(asgi_scope(event), receive, self._send)
