"""How an answer reaches the client: in one piece, or as a stream that stays alive and notices when nobody reads.

A client that leaves stops the making of the answer. That works where this app hears of it, as in the local run. On AWS
a stream is not interrupted when its client leaves: there the reply's deadline and the model's most tokens bound it.
"""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from coaching.entrypoint.relay import Relay
from coaching.models.cancelling import Cancellation

HEARTBEAT = b": still here\n\n"
"""A comment, which clients skip. Source: WHATWG HTML, "Server-sent events", 9.2.6."""
HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0
"""For one part to be taken, once the connection holds no more."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer in one piece. `late` is the same at the end of a stream that has begun."""

    response: Response
    late: bytes = b""


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream with this status is coming; it begins with its first bytes, or with a heartbeat."""

    status: int


Part: TypeAlias = Whole | Opening | bytes


async def deliver(
    parts: Generator[Part, None, None],
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    cancellation: Cancellation | None = None,
) -> None:
    """Make the answer and send it; a client that leaves has `cancellation` cancelled, by which `parts` wait.

    Raises: TimeoutError if the client takes nothing for `STALLED_SECONDS`.
    """
    async with Relay(parts, cancellation or Cancellation()) as relay:
        sending = asyncio.create_task(_Sending(relay, scope, receive, send).run(heartbeat_seconds))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
        if not sending.cancelled():
            sending.result()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Sending:
    def __init__(self, relay: Relay[Part], scope: Scope, receive: Receive, send: Send) -> None:
        self._relay = relay
        self._connection = scope, receive, send
        self._send = send
        self._opening: Opening | None = None
        self._begun = False

    async def run(self, heartbeat_seconds: float) -> None:
        while (part := await self._next(heartbeat_seconds)) is not None:
            if isinstance(part, Whole) and not self._begun:
                await part.response(*self._connection)
                return
            if isinstance(part, Opening):
                self._opening = part
                continue
            await self._write(part.late if isinstance(part, Whole) else part)
        if not self._begun:
            raise RuntimeError("an answer without a part")
        await self._body(b"", more=False)

    async def _next(self, heartbeat_seconds: float) -> Part | None:
        while True:
            try:
                return await self._relay.next(heartbeat_seconds)
            except TimeoutError:
                if self._opening:
                    return HEARTBEAT

    async def _write(self, part: bytes) -> None:
        if not self._begun:
            self._begun = True
            status = self._opening.status if self._opening else 200
            kind = (b"content-type", b"text/event-stream; charset=utf-8")
            await self._send(
                {"type": "http.response.start", "status": status, "headers": [kind, (b"cache-control", b"no-store")]}
            )
        await self._body(part, more=True)

    async def _body(self, part: bytes, *, more: bool) -> None:
        async with asyncio.timeout(STALLED_SECONDS):
            await self._send({"type": "http.response.body", "body": part, "more_body": more})
