import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.errors import ModelUnavailable
from tests.adapters.llm.chat_model_contract import asking, text_of
from tests.support.loopback_server import Fault, Wire, in_turn
from tests.support.ollama_server import OllamaServer, last_line, text_line

SHORT = Deadlines(connect=0.2, first_token=0.2, between_tokens=0.2, total=0.6)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
def model(server: OllamaServer) -> OllamaChatModel:
    return OllamaChatModel(server.url, "tiny", deadlines=SHORT)


def fails_with(model: OllamaChatModel, code: str, *, said: str = "") -> ModelUnavailable:
    """Check that `said` was heard before the failure, and return it."""
    heard: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        heard.extend(fragment.text for fragment in model.generate(asking("A private matter")))
    assert "".join(heard) == said
    assert failed.value.code == code
    assert "private" not in failed.value.message
    return failed.value


class TestDeadlines:
    def test_a_server_that_never_begins(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(lambda wire: wire.wait())
        began = time.monotonic()
        error = fails_with(model, "timeout")
        assert time.monotonic() - began < 10
        assert "0.2 s" in error.message

    def test_a_server_that_drips_its_head(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(lambda wire: drip(wire, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 500))
        began = time.monotonic()
        fails_with(model, "timeout")
        assert time.monotonic() - began < 10

    def test_a_first_token_that_does_not_come(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), Wire.wait))
        fails_with(model, "timeout")

    def test_a_next_token_that_does_not_come(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), says("Well"), Wire.wait))
        assert "the next token" in fails_with(model, "timeout", said="Well").message

    def test_a_line_that_drips_byte_by_byte(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), says("Well"), lambda wire: drip_chunks(wire, b"{" * 500)))
        fails_with(model, "timeout", said="Well")

    def test_an_answer_that_is_too_long_in_all(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), *[says("on "), lambda wire: wire.wait(0.1)] * 40))
        began = time.monotonic()
        with pytest.raises(ModelUnavailable, match="the whole answer") as late:
            list(model.generate(asking("Hi")))
        assert late.value.code == "timeout"
        assert time.monotonic() - began < 10

    def test_a_reader_that_takes_its_time_is_no_fault_of_the_model(
        self, server: OllamaServer, model: OllamaChatModel
    ) -> None:
        answer = model.generate(asking("one two"))
        heard = [next(answer).text]
        time.sleep(0.3)
        assert "".join([*heard, *(fragment.text for fragment in answer)]) == "You said: one two"

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse when the queue is full")
    def test_a_connection_that_is_not_taken(self) -> None:
        with ExitStack() as stack:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            model = OllamaChatModel(f"http://127.0.0.1:{listener.getsockname()[1]}", "tiny", deadlines=SHORT)
            assert "a connection" in fails_with(model, "unreachable").message


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "sentence", "code", "advice"),
        [
            (404, "model 'tiny' not found", "model_missing", "ollama pull tiny"),
            (400, "the input length exceeds the context length", "context_exceeded", "shorten it"),
            (400, '"tiny" does not support chat', "model_failed", "choose a chat model"),
            (400, "A private matter", "request_refused", "log of the Ollama server"),
            (500, "invalid JSON schema in format", "request_refused", "simpler"),
            (503, "server busy, please try again.  maximum pending requests exceeded", "overloaded", "full queue"),
            (500, "A private matter", "model_failed", "log of the Ollama server"),
        ],
    )
    def test_each_has_its_code_and_says_what_to_do(
        self, server: OllamaServer, model: OllamaChatModel, status: int, sentence: str, code: str, advice: str
    ) -> None:
        server.expect(lambda wire: wire.error(status, sentence))
        assert advice in fails_with(model, code).message
        assert len(server.requests) == 1

    def test_a_missing_model_is_named(self, server: OllamaServer) -> None:
        error = fails_with(OllamaChatModel(server.url, "llama3:8b"), "model_missing")
        assert "ollama pull llama3:8b" in error.message

    def test_something_else_at_the_address(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(lambda wire: wire.whole(404, b"404 page not found", "text/plain"))
        fails_with(model, "malformed_answer")


class TestRetries:
    def test_a_full_queue_is_for_the_caller_to_try_again(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(busy)
        fails_with(model, "overloaded")
        assert len(server.requests) == 1
        assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"

    def test_a_server_that_is_not_there_is_an_error(self) -> None:
        with OllamaServer() as server:
            gone = server.url
        fails_with(OllamaChatModel(gone, "tiny", deadlines=SHORT), "unreachable")

    def test_nothing_is_tried_again_after_the_first_word(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), says("Well")))
        fails_with(model, "malformed_answer", said="Well")
        assert len(server.requests) == 1


class TestMalformedAnswers:
    @pytest.mark.parametrize(
        "rest",
        [
            pytest.param(lambda wire: wire.end(), id="ends without done"),
            pytest.param(lambda wire: None, id="connection lost"),
            pytest.param(lambda wire: wire.raw(b"zz\r\n"), id="garbage between chunks"),
            pytest.param(lambda wire: wire.chunk(b"not json\n"), id="garbage line"),
            pytest.param(lambda wire: wire.chunk(b'{"message": 3}\n'), id="wrong types"),
            pytest.param(lambda wire: wire.chunk(b"{}\n"), id="no message"),
            pytest.param(lambda wire: wire.chunk(b'{"message": {"content": "\xff"}}\n'), id="not UTF-8"),
            pytest.param(lambda wire: wire.chunk(b"x" * 2_000_000), id="line without end"),
        ],
    )
    def test_what_was_said_stands_and_the_rest_is_an_error(
        self, server: OllamaServer, model: OllamaChatModel, rest: Fault
    ) -> None:
        server.expect(in_turn(lambda wire: wire.head(200), says("Well"), rest))
        fails_with(model, "malformed_answer", said="Well")

    @pytest.mark.parametrize("head", [b"", b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b"HTTP/1.1 twohundred\r\n\r\n"])
    def test_something_other_than_http(self, server: OllamaServer, model: OllamaChatModel, head: bytes) -> None:
        server.expect(lambda wire: wire.raw(head))
        fails_with(model, "malformed_answer")
        assert len(server.requests) == 1

    def test_an_error_in_the_middle(self, server: OllamaServer, model: OllamaChatModel) -> None:
        broke = b'{"error": "A private matter ended the runner"}\n'
        server.expect(in_turn(lambda wire: wire.head(200), says("Well"), lambda wire: wire.chunk(broke)))
        fails_with(model, "model_failed", said="Well")

    def test_an_answer_that_ends_as_the_model_is_unloaded(self, server: OllamaServer, model: OllamaChatModel) -> None:
        server.expect(
            in_turn(lambda wire: wire.head(200), says("Well"), lambda wire: wire.chunk(last_line(1, 1, "unload")))
        )
        fails_with(model, "malformed_answer", said="Well")


class TestPieces:
    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_lines_and_characters_may_be_split_anywhere(
        self, server: OllamaServer, model: OllamaChatModel, size: int
    ) -> None:
        answer = text_line("Grüße 😀 ") + text_line("你好") + last_line(5, 2)

        def split(wire: Wire) -> None:
            wire.head(200)
            for start in range(0, len(answer), size):
                wire.chunk(answer[start : start + size])
            wire.end()

        server.expect(split)
        assert text_of(list(model.generate(asking("Hi")))) == "Grüße 😀 你好"

    def test_many_lines_may_come_at_once_and_the_last_without_an_end(
        self, server: OllamaServer, model: OllamaChatModel
    ) -> None:
        answer = text_line("one ") + b"\n" + text_line("two") + last_line(5, 2).rstrip()
        server.expect(lambda wire: wire.whole(200, answer, "application/x-ndjson"))
        assert text_of(list(model.generate(asking("Hi")))) == "one two"


def busy(wire: Wire) -> None:
    wire.error(503, "server busy, please try again.  maximum pending requests exceeded")


def says(text: str) -> Fault:
    return lambda wire: wire.chunk(text_line(text))


def drip(wire: Wire, data: bytes) -> None:
    for byte in data:
        wire.raw(bytes([byte]))
        wire.wait(0.02)


def drip_chunks(wire: Wire, data: bytes) -> None:
    for byte in data:
        wire.chunk(bytes([byte]))
        wire.wait(0.02)
