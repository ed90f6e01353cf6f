"""A client that leaves while the model says nothing, over real connections on both sides."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.conversation.continuing import ContinueConversation
from coaching.entrypoint.asking import Coach
from coaching.entrypoint.chat import ChatApp
from coaching.entrypoint.openai_face import Shelf
from coaching.models.admission import Admission
from coaching.models.balancing import BalancedChatModel
from coaching.models.fallback import FallbackChain
from tests.adapters.llm.chat_model_contract import becomes_false
from tests.conversation.conftest import GUILT, MISSED, SIZES, WHO, Coaching, reader_of
from tests.entrypoint.conftest import claims, request_context
from tests.models.chains import member
from tests.support.loopback_server import Wire
from tests.support.ollama_server import OllamaServer

LONG_SECONDS = 60.0


class Silence:
    """What a server may do with a request: nothing at all, until its client hangs up."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.left = threading.Event()

    def __call__(self, wire: Wire) -> None:
        self.asked.set()
        while not (wire.left() or wire.stopping):
            wire.wait(0.01)
        self.left.set()


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as running:
        yield running


@pytest.fixture
def coaching(tmp_path: Path) -> Coaching:
    return Coaching(reader_of([SIZES, MISSED, GUILT], tmp_path))


@pytest.fixture
def admission() -> Admission:
    return Admission()


class _OneNode:
    def __init__(self, url: str) -> None:
        self._url = url

    def addresses(self) -> tuple[str, ...]:
        return (self._url,)


@pytest.fixture
def port(server: OllamaServer, coaching: Coaching, admission: Admission) -> Iterator[int]:
    """The port of an app whose coach asks one node."""
    ollama = OllamaChatModel(server.url, "tiny", 4096)
    node = BalancedChatModel("ollama:tiny", _OneNode(server.url), lambda _: ollama, admission)
    coach = coaching.coach(FallbackChain((member("tiny", node),)))
    kept = MemoryAnsweredRequests()
    shelf = Shelf(
        lambda: ContinueConversation(coaching.conversations),
        lambda: coaching.creators,
        lambda: coaching.profiles,
        tuple,
    )
    app = ChatApp(Coach(lambda: coach, lambda: pytest.fail("Nothing is recalled."), lambda: kept), shelf)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = uvicorn.Server(uvicorn.Config(app.asgi(), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        serving.should_exit = True
        thread.join(LONG_SECONDS)


def asked(port: int, conversation_id: str, accept: str) -> socket.socket:
    """Send a message and return the connection, at which nothing was read yet."""
    body = json.dumps({"text": "How long does an ember take?"}).encode()
    lines = [
        f"POST /v1/conversations/{conversation_id}/messages HTTP/1.1",
        "Host: 127.0.0.1",
        f"Accept: {accept}",
        f"Content-Length: {len(body)}",
        f"x-amzn-request-context: {json.dumps(request_context(claims('user')))}",
    ]
    connection = socket.create_connection(("127.0.0.1", port), LONG_SECONDS)
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return connection


def until(words: bytes, connection: socket.socket) -> bytes:
    """Return what arrives, up to these words and a little more."""
    seen = b""
    while words not in seen:
        piece = connection.recv(65_536)
        assert piece, f"It ended with {seen[-500:]!r}."
        seen += piece
    return seen


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_the_model_is_hung_up_on_and_the_turn_is_kept_as_cut(
    server: OllamaServer, coaching: Coaching, admission: Admission, port: int, accept: str
) -> None:
    silence = Silence()
    server.loaded["tiny"] = 4096
    server.expect(silence)
    with asked(port, coaching.conversation_id, accept):
        assert silence.asked.wait(LONG_SECONDS)
        assert admission.busy(server.url) == (1, 0)
    assert silence.left.wait(LONG_SECONDS)
    assert becomes_false(lambda: not coaching.recorded, within=LONG_SECONDS)
    (_, done), *others = coaching.recorded
    assert (done.turn.cut, done.turn.reply.text, others) == (True, "", [])
    assert admission.busy(server.url) == (0, 0)


def test_whoever_leaves_while_a_model_is_loaded_leaves_the_load_running(
    server: OllamaServer, coaching: Coaching, admission: Admission, port: int
) -> None:
    server.may_load.clear()
    with asked(port, coaching.conversation_id, "text/event-stream") as connection:
        until(b"loading_model", connection)
    assert becomes_false(lambda: not coaching.recorded, within=LONG_SECONDS)
    assert coaching.recorded[0][1].turn.cut
    assert (len(server.loads), server.aborted_loads, server.requests) == (1, 0, [])
    assert admission.busy(server.url) == (0, 0)
    server.may_load.set()
    assert becomes_false(lambda: "tiny" not in server.loaded, within=LONG_SECONDS)


def test_a_reply_that_waits_for_its_model_says_so(server: OllamaServer, coaching: Coaching, port: int) -> None:
    server.may_load.clear()
    with asked(port, coaching.conversation_id, "text/event-stream") as connection:
        seen = until(b"loading_model", connection)
        assert b'{"state":"generating"}' in seen
        server.may_load.set()
        seen += until(b"event: done", connection)
    _, _, after = seen.partition(b"loading_model")
    assert b'{"state":"generating"}' in after
    assert becomes_false(lambda: not coaching.recorded, within=LONG_SECONDS)  # After the last event.
    assert coaching.recorded[0][0] == WHO
    assert not coaching.recorded[0][1].turn.cut
