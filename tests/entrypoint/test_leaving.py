"""A client that hangs up, over a real connection."""

import json
import socket
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import httpx2
import pytest
import uvicorn

from coaching.conversation.events import ReplyEvent, Working
from coaching.conversation.wishes import Wishes
from coaching.models.cancelling import Cancellation
from coaching.vocabulary import ConversationId, Identity
from tests.entrypoint.conftest import claims, request_context
from tests.entrypoint.fake_coach import PATH, FakeCoach, chat_app

LONG_SECONDS = 30.0
HEADERS = {"x-amzn-request-context": json.dumps(request_context(claims("user")))}
OPENAI = ("/v1/chat/completions", {"model": "demo", "stream": True, "messages": [{"role": "user", "content": "Hi"}]})
OWN = (PATH, {"text": "Hi"})


@dataclass
class EndlessCoach(FakeCoach):
    """Shows what it was given, and then its model goes on for ever."""

    working: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __call__(
        self,
        who: Identity,
        conversation_id: ConversationId,
        text: str,
        request_key: str,
        wishes: Wishes,
        cancellation: Cancellation,
    ) -> Generator[ReplyEvent, None, None]:
        try:
            yield from self.events[:2]
            self.working.set()
            while not self.stopped.wait(0.01):
                yield Working()
        finally:
            self.stopped.set()


@pytest.fixture
def coach() -> EndlessCoach:
    return EndlessCoach()


@pytest.fixture
def url(coach: EndlessCoach) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(chat_app(coach).asgi(), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        coach.stopped.set()
        server.should_exit = True
        serving.join(LONG_SECONDS)


@pytest.mark.parametrize(("path", "body"), [OWN, OPENAI])
def test_a_client_that_leaves_in_the_middle_stops_the_generation(
    coach: EndlessCoach, url: str, path: str, body: dict[str, object]
) -> None:
    headers = {**HEADERS, "Accept": "text/event-stream"}
    with (
        httpx2.Client(base_url=url, timeout=LONG_SECONDS) as client,
        client.stream("POST", path, json=body, headers=headers) as answer,
    ):
        assert next(answer.iter_raw())
        assert not coach.stopped.is_set()
    assert coach.stopped.wait(LONG_SECONDS)


def test_a_client_that_leaves_while_it_waits_for_the_whole_stops_the_generation(coach: EndlessCoach, url: str) -> None:
    body = json.dumps(OWN[1]).encode()
    lines = [f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), LONG_SECONDS) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        assert coach.working.wait(LONG_SECONDS)
        assert not coach.stopped.is_set()
    assert coach.stopped.wait(LONG_SECONDS)
