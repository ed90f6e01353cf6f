"""What every wire to a hosted model must do when its server misbehaves."""

from collections.abc import Callable
from typing import Any

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.errors import ModelUnavailable
from coaching.models.ports import ChatModel, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import asking, becomes_false, half_of_fifty_hang_up, text_of
from tests.support.loopback_server import Fault, LoopbackServer, Wire, in_turn

EVENT_STREAM = "text/event-stream"
PRIVATE = "My private matter"
SHORT = Deadlines(connect=10.0, first_token=0.3, between_tokens=20.0, total=60.0)
SILENT = Deadlines(connect=10.0, first_token=20.0, between_tokens=0.3, total=60.0)
MakeModel = Callable[..., ChatModel]
"""Takes `deadlines` and `api_key`, each as the model does."""
GOOD_KEY = "sk-good"


def fails_with(model: ChatModel, code: str, *, said: str = "", prompt: Prompt | None = None) -> ModelUnavailable:
    """Ask, and return the failure after the words `said`; nothing of ours or of the server's stands in it."""
    heard: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        heard.extend(fragment.text for fragment in model.generate(prompt or asking(PRIVATE)))
    assert "".join(heard) == said
    assert failed.value.code == code, failed.value
    shown = f"{failed.value} {failed.value!r} {failed.value.__cause__!r}"
    assert PRIVATE not in shown
    assert GOOD_KEY not in shown
    return failed.value


def took(model: ChatModel, code: str) -> Usage | None:
    """Ask, and return what the failure is known to have taken."""
    usages: list[Usage | None] = []
    with pytest.raises(ModelUnavailable) as failed:
        usages.extend(fragment.usage for fragment in model.generate(asking("Hi")))
    assert failed.value.code == code
    return usages[-1]


def begins(*events: bytes) -> Fault:
    """Return the fault that sends the head of a stream and these events, and then nothing."""
    return in_turn(lambda wire: wire.head(200, EVENT_STREAM), *(_sends(event) for event in events))


def refuses(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Fault:
    return lambda wire: wire.whole(status, body, content_type, **headers)


def hangs(wire: Wire) -> None:
    wire.wait()


class HostedContract:
    """Needs the fixtures `server` and `make_model`, and how its vendor says things."""

    def begin(self) -> bytes:
        raise NotImplementedError

    def says(self, text: str) -> bytes:
        raise NotImplementedError

    def ends(self) -> bytes:
        raise NotImplementedError

    def refusal(self) -> bytes:
        """Return the body of an error that says that the server is overloaded."""
        raise NotImplementedError

    def test_hangs_before_the_head(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(hangs)
        fails_with(make_model(deadlines=SHORT), "timeout")

    def test_hangs_before_the_first_token(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(self.begin()), hangs))
        fails_with(make_model(deadlines=SHORT), "timeout")

    def test_hangs_after_three_tokens(self, server: LoopbackServer, make_model: MakeModel) -> None:
        said = b"".join(self.says(text) for text in ("One", " two", " three"))
        server.expect(in_turn(begins(self.begin() + said), hangs))
        assert "next token" in fails_with(make_model(deadlines=SILENT), "timeout", said="One two three").message

    def test_signs_of_life_are_no_tokens(self, server: LoopbackServer, make_model: MakeModel) -> None:
        def lives(wire: Wire) -> None:
            while True:
                wire.chunk(b": still here\n\n")
                wire.wait(0.02)

        server.expect(in_turn(begins(self.begin(), self.says("One")), lives))
        fails_with(make_model(deadlines=SILENT), "timeout", said="One")
        assert becomes_false(lambda: server.running > 0, within=10)

    def test_drips_longer_than_the_whole_answer_may_take(self, server: LoopbackServer, make_model: MakeModel) -> None:
        def drips(wire: Wire) -> None:
            while True:
                wire.chunk(self.says("drop "))
                wire.wait(0.02)

        server.expect(in_turn(begins(self.begin()), drips))
        model = make_model(deadlines=Deadlines(total=0.5))
        with pytest.raises(ModelUnavailable, match=r"the whole answer within 0\.5 s"):
            list(model.generate(asking("Hi")))
        assert becomes_false(lambda: server.running > 0, within=10)

    def test_a_prompt_may_allow_less_time(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(hangs)
        prompt = Prompt(asking("Hi").messages, seconds=0.2)
        assert "within 0.2 s" in fails_with(make_model(), "timeout", prompt=prompt).message

    @pytest.mark.parametrize("cut", [3, 1])
    def test_a_stream_that_is_cut_after_three_tokens(
        self, server: LoopbackServer, make_model: MakeModel, cut: int
    ) -> None:
        said = [self.says(text) for text in ("One", " two", " three")]
        half = self.says(" four")[:-cut]
        server.expect(begins(self.begin(), *said, half))
        with pytest.raises(ModelUnavailable) as failed:
            list(make_model().generate(asking("Hi")))
        assert failed.value.code == "malformed_answer"

    def test_half_of_fifty_callers_hang_up(self, server: LoopbackServer, make_model: MakeModel) -> None:
        half_of_fifty_hang_up(server, make_model(deadlines=Deadlines(connect=60.0)))

    def test_a_stream_that_ends_without_an_end(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(self.begin(), self.says("One")), Wire.end))
        fails_with(make_model(), "malformed_answer", said="One")

    def test_a_stream_that_ends_in_half_a_character(self, server: LoopbackServer, make_model: MakeModel) -> None:
        event = self.says("Grüße")
        half = event[: event.index("ü".encode()) + 1]
        server.expect(in_turn(begins(self.begin(), self.says("One"), half), Wire.end))
        fails_with(make_model(), "malformed_answer", said="One")

    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_characters_and_lines_may_be_cut_anywhere(
        self, server: LoopbackServer, make_model: MakeModel, size: int
    ) -> None:
        whole = b": hello\n\n" + self.begin() + self.says("Grüße 😀 ") + self.says("你好") + self.ends()
        whole = whole.replace(b"\n", b"\r\n")
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        server.expect(in_turn(begins(*pieces), Wire.end))
        assert text_of(list(make_model().generate(asking("Hi")))) == "Grüße 😀 你好"

    @pytest.mark.parametrize(
        "garbage",
        [
            pytest.param(b"data: not json\n\n", id="no JSON"),
            pytest.param(b"data: []\n\n", id="a list"),
            pytest.param(b"data: {}\n\n", id="nothing in it"),
            pytest.param(b'data: {"choices": 3, "type": 3}\n\n', id="wrong types"),
            pytest.param(b'data: "\xff"\n\n', id="not UTF-8"),
            pytest.param(b"data: " + b"x" * 1_500_000, id="an event without end"),
            pytest.param(b"\x00\x01garbage\n\n", id="no field"),
        ],
    )
    def test_garbage_in_the_stream(self, server: LoopbackServer, make_model: MakeModel, garbage: bytes) -> None:
        server.expect(in_turn(begins(self.begin(), self.says("One"), garbage), Wire.end))
        fails_with(make_model(), "malformed_answer", said="One")

    def test_garbage_between_chunks(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(self.begin(), self.says("One")), lambda wire: wire.raw(b"zz\r\n")))
        fails_with(make_model(), "malformed_answer", said="One")

    @pytest.mark.parametrize("head", [b"", b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b"HTTP/1.1 twohundred\r\n\r\n"])
    def test_something_other_than_http(self, server: LoopbackServer, make_model: MakeModel, head: bytes) -> None:
        server.expect(lambda wire: wire.raw(head))
        fails_with(make_model(), "malformed_answer")

    @pytest.mark.parametrize("content_type", ["text/html", "application/json", "application/octet-stream"])
    def test_a_wrong_content_type(self, server: LoopbackServer, make_model: MakeModel, content_type: str) -> None:
        server.expect(refuses(200, b"<html>Welcome</html>", content_type))
        fails_with(make_model(), "malformed_answer")

    def test_a_200_with_an_error_in_its_body(self, server: LoopbackServer, make_model: MakeModel) -> None:
        server.expect(refuses(200, self.refusal()))
        fails_with(make_model(), "overloaded")

    def test_an_error_within_the_stream(self, server: LoopbackServer, make_model: MakeModel) -> None:
        error = b"event: error\ndata: " + self.refusal() + b"\n\n"
        server.expect(begins(self.begin(), self.says("One"), error))
        fails_with(make_model(), "overloaded", said="One")

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (301, "malformed_answer"),
            (400, "request_refused"),
            (401, "bad_credentials"),
            (402, "bad_credentials"),
            (403, "bad_credentials"),
            (404, "malformed_answer"),
            (408, "timeout"),
            (413, "context_exceeded"),
            (418, "request_refused"),
            (422, "request_refused"),
            (429, "rate_limited"),
            (500, "model_failed"),
            (502, "model_failed"),
            (503, "overloaded"),
            (504, "timeout"),
            (529, "overloaded"),
        ],
    )
    def test_a_status_whose_body_says_nothing(
        self, server: LoopbackServer, make_model: MakeModel, status: int, code: str
    ) -> None:
        server.expect(refuses(status, b"<html>My private matter</html>", "text/html"))
        fails_with(make_model(), code)
        assert len(server.received) == 1

    @pytest.mark.parametrize(("waits", "seconds"), [("7", 7), ("0", 1), ("soon", 5)])
    def test_passes_on_how_long_to_wait(
        self, server: LoopbackServer, make_model: MakeModel, waits: str, seconds: int
    ) -> None:
        server.expect(refuses(429, b"{}", Retry_After=waits))
        assert fails_with(make_model(), "rate_limited").retry_after_seconds == seconds

    def test_a_key_that_is_revoked_and_replaced_while_running(self, server: Any, make_model: MakeModel) -> None:
        keys = [GOOD_KEY]
        model = make_model(api_key=lambda: keys[-1])
        assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"
        server.keys = {"sk-new"}
        fails_with(model, "bad_credentials")
        keys.append(" sk-new\n")
        assert text_of(list(model.generate(asking("Hi")))) == "You said: Hi"

    @pytest.mark.parametrize("key", ["sk-\nX-Evil: yes", "sk-\x00", "sk-ü"])
    def test_a_key_that_no_header_can_carry(self, server: LoopbackServer, make_model: MakeModel, key: str) -> None:
        failure = fails_with(make_model(api_key=lambda: key), "bad_credentials")
        assert "sk-" not in f"{failure} {failure.__cause__!r} {failure.__context__!r}"
        assert server.received == []

    def test_the_key_is_not_shown(self, make_model: MakeModel) -> None:
        assert "sk-" not in repr(make_model())
        assert "key" not in repr(make_model())

    def test_a_model_that_is_not_there(self, server: Any, make_model: MakeModel) -> None:
        server.models = {"another": 100}
        fails_with(make_model(), "model_missing")

    def test_nobody_listens(self, server: LoopbackServer, make_model: MakeModel) -> None:
        model = make_model()
        server.__exit__(None, None, None)
        fails_with(model, "unreachable")


def _sends(event: bytes) -> Fault:
    return lambda wire: wire.chunk(event)
