"""An answer on its way: alive while nothing happens, held up by a slow reader, stopped by one that left."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Generator
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Message, Scope

from coaching.entrypoint import delivery
from coaching.entrypoint.delivery import HEARTBEAT, Opening, Part, Whole, deliver
from coaching.entrypoint.relay import ROOM

SCOPE: Scope = {"type": "http"}
LONG_SECONDS = 30.0


class Making:
    """Parts that are made under a test's eyes. `begun` is set with the first, `closed` when nobody makes more."""

    def __init__(self) -> None:
        self.made = 0
        self.go_on = threading.Event()
        self.begun = threading.Event()
        self.closed = threading.Event()

    def waiting(self, *first: Part) -> Generator[Part, None, None]:
        """Yield `first`, then wait until the test says `go_on`, then end."""
        try:
            yield from first
            assert self.go_on.wait(LONG_SECONDS)
            yield b"last"
        finally:
            self.closed.set()

    def endless(self, part: bytes) -> Generator[Part, None, None]:
        try:
            yield Opening(201)
            while True:
                self.begun.set()
                self.made += 1
                yield part
        finally:
            self.closed.set()


class Client:
    """Reads what is sent; `leave` hangs up."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.arrived = asyncio.Event()
        self.left = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.arrived.set()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def until(self, words: bytes) -> None:
        """Wait until this was sent."""
        async with asyncio.timeout(LONG_SECONDS):
            while words not in self.body:
                self.arrived.clear()
                await self.arrived.wait()


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, LONG_SECONDS))


async def closed(making: Making) -> bool:
    return await asyncio.to_thread(making.closed.wait, LONG_SECONDS)


@pytest.mark.parametrize("first", [(Opening(201),), (Opening(201), b"word ")])
def test_a_silent_stream_beats_before_and_after_its_first_part(first: tuple[Part, ...]) -> None:
    async def scenario() -> None:
        client, making = Client(), Making()
        delivering = asyncio.create_task(
            deliver(making.waiting(*first), SCOPE, client.receive, client.send, heartbeat_seconds=0.01)
        )
        await client.until(HEARTBEAT * 2)
        making.go_on.set()
        await client.until(b"last")
        await delivering
        assert client.sent[0]["status"] == 201
        assert client.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}

    run(scenario())


def test_an_answer_in_one_piece_has_no_heartbeats() -> None:
    async def scenario() -> None:
        client, making = Client(), Making()

        def whole() -> Generator[Part, None, None]:
            assert making.go_on.wait(LONG_SECONDS)
            yield Whole(Response("all", 200))

        delivering = asyncio.create_task(deliver(whole(), SCOPE, client.receive, client.send, heartbeat_seconds=0.01))
        await asyncio.sleep(0.05)
        assert client.sent == []
        making.go_on.set()
        await delivering
        assert client.body == b"all"

    run(scenario())


def test_a_refusal_after_a_heartbeat_ends_the_stream_that_has_begun() -> None:
    async def scenario() -> None:
        client, making = Client(), Making()

        def parts() -> Generator[Part, None, None]:
            yield Opening(201)
            assert making.go_on.wait(LONG_SECONDS)
            yield Whole(Response(json.dumps({"status": 404}), 404), late=b"event: error\n\n")

        delivering = asyncio.create_task(deliver(parts(), SCOPE, client.receive, client.send, heartbeat_seconds=0.01))
        await client.until(HEARTBEAT)
        making.go_on.set()
        await delivering
        assert client.sent[0]["status"] == 201
        assert client.body.endswith(b"event: error\n\n")

    run(scenario())


def test_a_refusal_before_anything_was_sent_has_its_own_status() -> None:
    async def scenario() -> None:
        client = Client()

        def parts() -> Generator[Part, None, None]:
            yield Opening(201)
            yield b""
            yield Whole(Response("no", 404), late=b"event: error\n\n")

        await deliver(parts(), SCOPE, client.receive, client.send)
        assert (client.sent[0]["status"], client.body) == (404, b"no")

    run(scenario())


@pytest.mark.parametrize("part", [b"word ", b""])
def test_a_client_that_leaves_stops_the_making(part: bytes) -> None:
    async def scenario() -> None:
        client, making = Client(), Making()
        delivering = asyncio.create_task(deliver(making.endless(part), SCOPE, client.receive, client.send))
        # Else there is nothing to stop: the thread may not have started.
        assert await asyncio.to_thread(making.begun.wait, LONG_SECONDS)
        if part:
            await client.until(part * 3)
        client.left.set()
        await delivering
        assert await closed(making)

    run(scenario())


def test_a_client_that_is_cut_off_by_the_server_stops_the_making() -> None:
    async def scenario() -> None:
        client, making = Client(), Making()
        delivering = asyncio.create_task(deliver(making.endless(b"word "), SCOPE, client.receive, client.send))
        await client.until(b"word ")
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivering
        assert await closed(making)

    run(scenario())


def test_a_client_that_does_not_read_holds_few_parts_and_in_the_end_stops_the_making(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "STALLED_SECONDS", 0.3)

    async def scenario() -> None:
        client, making = Client(), Making()

        async def stuck(message: Message) -> None:
            if message["type"] == "http.response.body":
                await asyncio.get_running_loop().create_future()

        with pytest.raises(TimeoutError):
            await deliver(making.endless(b"word "), SCOPE, client.receive, stuck)
        assert await closed(making)
        # What waits, what is being sent, and the one that found no room.
        assert making.made <= ROOM + 3

    run(scenario())


def test_fifty_streams_at_once_of_which_half_leave() -> None:
    async def scenario() -> None:
        clients = [(Client(), Making()) for _ in range(50)]
        delivering = [
            asyncio.create_task(deliver(making.waiting(Opening(201), b"word "), SCOPE, client.receive, client.send))
            for client, making in clients
        ]
        for client, _ in clients:
            await client.until(b"word ")
        for client, _ in clients[::2]:
            client.left.set()
        # Else those who leave may hear the end as well.
        await asyncio.gather(*delivering[::2])
        for _, making in clients:
            making.go_on.set()
        await asyncio.gather(*delivering)
        assert all([await closed(making) for _, making in clients])
        assert {client.body for client, _ in clients[1::2]} == {b"word last"}
        assert {client.body for client, _ in clients[::2]} == {b"word "}

    run(scenario())
