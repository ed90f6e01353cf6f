"""A stream passes the gateway piece by piece, and its end is told in both directions."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from infra.plan import Capability
from local.functions import current_capability
from local.streaming import StreamingFunction
from local.web_adapter import AsgiApp
from tests.support.handlers import HandlerBoard, system_of

CHAT = Capability("chat", 128, 5, asgi=True)
EVENT: dict[str, Any] = {
    "path": "/v1/conversations/c/messages",
    "httpMethod": "POST",
    "headers": {"Accept": "text/event-stream"},
    "body": "{}",
    "requestContext": {"requestId": "r1"},
}


def _streaming(app: AsgiApp) -> StreamingFunction:
    board = HandlerBoard()
    board.apps["chat"] = app
    return StreamingFunction(CHAT, board.functions(system_of(CHAT)))


async def _never() -> Message:
    await asyncio.sleep(60)
    raise AssertionError("unreachable")


def test_each_piece_is_sent_before_the_next_is_made() -> None:
    sent: list[Message] = []
    seen_by_app: list[int] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            seen_by_app.append(len(sent))
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": number < 2})

    async def collect(message: Message) -> None:
        sent.append(message)

    asyncio.run(_streaming(app).answer(EVENT, _never, collect))
    assert seen_by_app == [1, 2, 3]
    assert (b"x-amzn-requestid", b"r1") in sent[0]["headers"]


def test_a_client_that_leaves_is_reported_to_the_app() -> None:
    received: list[str] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (message := await receive())["type"] != "http.disconnect":
            received.append(message["type"])
        received.append(message["type"])

    async def left() -> Message:
        return {"type": "http.disconnect"}

    async def ignore(_: Message) -> None:
        return None

    asyncio.run(_streaming(app).answer(EVENT, left, ignore))
    assert received == ["http.request", "http.disconnect"]


def test_a_stream_that_breaks_off_is_cut_not_ended() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError("broken")

    async def collect(message: Message) -> None:
        sent.append(message)

    with pytest.raises(ConnectionAbortedError):
        asyncio.run(_streaming(app).answer(EVENT, _never, collect))
    assert [message["type"] for message in sent] == ["http.response.start"]


def test_the_app_runs_as_its_capability() -> None:
    names: list[str | None] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        names.append(await asyncio.to_thread(current_capability.get))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def ignore(_: Message) -> None:
        return None

    asyncio.run(_streaming(app).answer(EVENT, _never, ignore))
    assert (names, current_capability.get()) == (["chat"], None)
