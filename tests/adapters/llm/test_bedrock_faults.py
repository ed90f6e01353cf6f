from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from coaching.adapters.llm.bedrock import BedrockChatModel
from coaching.adapters.llm.bedrock_client import BedrockClient
from coaching.adapters.llm.deadlines import Deadlines
from coaching.errors import ModelUnavailable
from coaching.models.ports import Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import asking, becomes_false, half_of_fifty_hang_up, text_of
from tests.adapters.llm.hosted_contract import took
from tests.support.bedrock_server import (
    EVENT_STREAM,
    KEY,
    BedrockServer,
    begin,
    counts,
    refusal,
    says,
    stops,
)
from tests.support.event_stream import event, exception, message
from tests.support.loopback_server import Fault, Wire, in_turn

pytestmark = pytest.mark.usefixtures("bedrock_credentials")
TINY = "vendor.tiny-v1:0"
PRIVATE = "My private matter"
SHORT = Deadlines(connect=10.0, first_token=0.3, between_tokens=20.0, total=60.0)
SILENT = Deadlines(connect=10.0, first_token=20.0, between_tokens=0.3, total=60.0)
WELL = begin() + says("Well")
MakeModel = Callable[..., BedrockChatModel]


@pytest.fixture
def server() -> Iterator[BedrockServer]:
    with BedrockServer() as server:
        yield server


@pytest.fixture
def make_model(server: BedrockServer) -> MakeModel:
    client = BedrockClient("us-east-1", server.url)
    return lambda **options: BedrockChatModel(client, TINY, **options)


def fails_with(model: BedrockChatModel, code: str, *, said: str = "", prompt: Prompt | None = None) -> ModelUnavailable:
    """Ask, and return the failure after the words `said`; nothing of ours or of the server's stands in it."""
    heard: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        heard.extend(fragment.text for fragment in model.generate(prompt or asking(PRIVATE)))
    assert "".join(heard) == said
    assert failed.value.code == code, failed.value
    assert PRIVATE not in f"{failed.value} {failed.value!r} {failed.value.__cause__!r}"
    return failed.value


def begins(*pieces: bytes) -> Fault:
    return in_turn(lambda wire: wire.head(200, EVENT_STREAM), *(_sends(piece) for piece in pieces))


def _sends(piece: bytes) -> Fault:
    return lambda wire: wire.chunk(piece)


def hangs(wire: Wire) -> None:
    wire.wait()


def drips(piece: bytes) -> Fault:
    def drip(wire: Wire) -> None:
        while True:
            wire.chunk(piece)
            wire.wait(0.02)

    return drip


class TestDeadlines:
    def test_hangs_before_the_head(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(hangs)
        fails_with(make_model(deadlines=SHORT), "timeout")
        assert len(server.requests) == 1

    def test_drips_its_head(self, server: BedrockServer, make_model: MakeModel) -> None:
        def slow(wire: Wire) -> None:
            wire.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                wire.raw(b"a")
                wire.wait(0.02)

        server.expect(slow)
        fails_with(make_model(deadlines=SHORT), "timeout")

    def test_hangs_before_the_first_token(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(begin()), hangs))
        fails_with(make_model(deadlines=SHORT), "timeout")

    def test_hangs_after_three_tokens(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(begin(), says("One"), says(" two"), says(" three")), hangs))
        assert "next token" in fails_with(make_model(deadlines=SILENT), "timeout", said="One two three").message

    def test_drips_an_event_byte_by_byte(self, server: BedrockServer, make_model: MakeModel) -> None:
        long = says("word " * 2_000)
        server.expect(in_turn(begins(WELL), *[in_turn(_sends(long[n : n + 1]), _rests) for n in range(len(long))]))
        fails_with(make_model(deadlines=SILENT), "timeout", said="Well")
        assert becomes_false(lambda: server.running > 0, within=10)

    def test_events_without_words_are_no_tokens(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(WELL), drips(event("contentBlockStop", contentBlockIndex=0))))
        fails_with(make_model(deadlines=SILENT), "timeout", said="Well")

    def test_drips_longer_than_the_whole_answer_may_take(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(begin()), drips(says("drop "))))
        with pytest.raises(ModelUnavailable, match=r"the whole answer within 0\.5 s"):
            list(make_model(deadlines=Deadlines(total=0.5)).generate(asking("Hi")))
        assert becomes_false(lambda: server.running > 0, within=10)

    def test_a_prompt_may_allow_less_time(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(hangs)
        failure = fails_with(make_model(), "timeout", prompt=replace(asking("Hi"), seconds=0.2))
        assert "within 0.2 s" in failure.message


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "name", "sentence", "code"),
        [
            (429, "ThrottlingException", "Too many tokens, please wait", "rate_limited"),
            (400, "ServiceQuotaExceededException", "", "rate_limited"),
            (503, "ServiceUnavailableException", "", "overloaded"),
            (429, "ModelNotReadyException", "", "overloaded"),
            (403, "AccessDeniedException", "You don't have access to the model", "bad_credentials"),
            (403, "ExpiredTokenException", "", "bad_credentials"),
            (404, "ResourceNotFoundException", "", "model_missing"),
            (400, "ValidationException", "The provided model identifier is invalid.", "model_missing"),
            (400, "ValidationException", "Input is too long for requested model.", "context_exceeded"),
            (400, "ValidationException", "Too many input tokens. Max input tokens: 8192", "context_exceeded"),
            (400, "ValidationException", "input length and `max_tokens` exceed context limit", "context_exceeded"),
            (400, "ValidationException", "Output blocked by content filtering policy", "content_refused"),
            (400, "ValidationException", PRIVATE, "request_refused"),
            (408, "ModelTimeoutException", "", "timeout"),
            (424, "ModelErrorException", PRIVATE, "model_failed"),
            (500, "InternalServerException", "", "model_failed"),
        ],
    )
    def test_each_has_its_code(
        self, server: BedrockServer, make_model: MakeModel, status: int, name: str, sentence: str, code: str
    ) -> None:
        server.expect(lambda wire: refusal(wire, status, name, sentence))
        fails_with(make_model(), code)
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("status", "code"),
        [(400, "request_refused"), (403, "bad_credentials"), (502, "model_failed"), (503, "overloaded")],
    )
    def test_a_status_whose_body_says_nothing(
        self, server: BedrockServer, make_model: MakeModel, status: int, code: str
    ) -> None:
        server.expect(lambda wire: wire.whole(status, f"<html>{PRIVATE}</html>".encode(), "text/html"))
        fails_with(make_model(), code)

    def test_passes_on_how_long_to_wait(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(lambda wire: refusal(wire, 429, "ThrottlingException", "", Retry_After="7"))
        assert fails_with(make_model(), "rate_limited").retry_after_seconds == 7

    def test_a_key_that_is_revoked(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.keys.remove(KEY)
        fails_with(make_model(), "bad_credentials")

    def test_a_model_that_is_not_there(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.models = {"another": 100}
        fails_with(make_model(), "model_missing")

    def test_no_credentials(
        self, server: BedrockServer, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        fails_with(make_model(), "bad_credentials")
        assert server.requests == []

    def test_what_boto3_itself_refuses(self, server: BedrockServer, make_model: MakeModel) -> None:
        fails_with(make_model(), "request_refused", prompt=replace(asking(PRIVATE), stop=("",)))
        assert server.requests == []

    def test_nobody_listens(self, server: BedrockServer, make_model: MakeModel) -> None:
        model = make_model()
        server.__exit__(None, None, None)
        fails_with(model, "unreachable")


class TestErrorsWithinTheStream:
    @pytest.mark.parametrize(
        ("name", "sentence", "code"),
        [
            ("throttlingException", "", "rate_limited"),
            ("serviceUnavailableException", "", "overloaded"),
            ("internalServerException", PRIVATE, "model_failed"),
            ("modelStreamErrorException", PRIVATE, "model_failed"),
            ("validationException", "Input is too long for requested model.", "context_exceeded"),
            ("validationException", PRIVATE, "request_refused"),
        ],
    )
    def test_what_was_said_stands(
        self, server: BedrockServer, make_model: MakeModel, name: str, sentence: str, code: str
    ) -> None:
        server.expect(begins(WELL, exception(name, sentence)))
        fails_with(make_model(), code, said="Well")

    @pytest.mark.parametrize("reason", ["guardrail_intervened", "content_filtered"])
    def test_an_answer_that_is_filtered(self, server: BedrockServer, make_model: MakeModel, reason: str) -> None:
        server.expect(begins(WELL, stops(reason), counts()))
        fails_with(make_model(), "content_refused", said="Well")
        server.expect(begins(WELL, stops(reason), counts(7, 1)))
        assert took(make_model(), "content_refused") == Usage(7, 1)

    @pytest.mark.parametrize("reason", ["malformed_model_output", "unheard_of"])
    def test_an_end_that_is_none(self, server: BedrockServer, make_model: MakeModel, reason: str) -> None:
        server.expect(begins(WELL, stops(reason), counts()))
        fails_with(make_model(), "malformed_answer", said="Well")


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


_DELTA = {":event-type": "contentBlockDelta", ":content-type": "application/json", ":message-type": "event"}


class TestMalformedAnswers:
    @pytest.mark.parametrize(
        "rest",
        [
            pytest.param(b"", id="ends without a stop"),
            pytest.param(stops(), id="ends without counts"),
            pytest.param(says(" four")[:-3], id="cut within an event"),
            pytest.param(says(" four")[:7], id="cut within a prelude"),
            pytest.param(_flipped(says(" four"), 1), id="length broken"),
            pytest.param(_flipped(says(" four"), 9), id="checksum of the prelude broken"),
            pytest.param(_flipped(says(" four"), 40), id="headers broken"),
            pytest.param(_flipped(says(" four"), len(says(" four")) - 6), id="payload broken"),
            pytest.param(_flipped(says(" four"), len(says(" four")) - 1), id="checksum broken"),
            pytest.param(b"data: this is no event stream\n\n", id="text"),
            pytest.param(message(_DELTA, b'{"delta": {"text": "Gr\xc3'), id="half a character"),
            pytest.param(message(_DELTA, b'{"delta": {"text"'), id="half of its JSON"),
            pytest.param(message(_DELTA, b"[]"), id="a list"),
            pytest.param(message(_DELTA, b'{"delta": 3}'), id="wrong types"),
            pytest.param(event("metadata", usage={"inputTokens": "many"}), id="counts that are none"),
        ],
    )
    def test_what_was_said_stands_and_the_rest_is_an_error(
        self, server: BedrockServer, make_model: MakeModel, rest: bytes
    ) -> None:
        server.expect(in_turn(begins(WELL, *([rest] if rest else [])), Wire.end))
        fails_with(make_model(), "malformed_answer", said="Well")

    def test_a_connection_that_is_lost(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(begins(WELL))
        fails_with(make_model(), "malformed_answer", said="Well")

    def test_garbage_between_chunks(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(WELL), lambda wire: wire.raw(b"zz\r\n")))
        fails_with(make_model(), "malformed_answer", said="Well")

    @pytest.mark.parametrize("head", [b"", b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b"HTTP/1.1 twohundred\r\n\r\n"])
    def test_something_other_than_http(self, server: BedrockServer, make_model: MakeModel, head: bytes) -> None:
        server.expect(lambda wire: wire.raw(head))
        fails_with(make_model(), "malformed_answer")

    @pytest.mark.parametrize("content_type", ["text/html", "application/json", "application/octet-stream"])
    def test_a_wrong_content_type(self, server: BedrockServer, make_model: MakeModel, content_type: str) -> None:
        server.expect(lambda wire: wire.whole(200, b"<html>Welcome to this router</html>", content_type))
        fails_with(make_model(), "malformed_answer")

    def test_events_of_a_later_version_are_passed_over(self, server: BedrockServer, make_model: MakeModel) -> None:
        server.expect(in_turn(begins(WELL, event("unheardOf", some={"thing": 1}), stops(), counts()), Wire.end))
        assert text_of(list(make_model().generate(asking("Hi")))) == "Well"

    @pytest.mark.parametrize("size", [1, 5, 17])
    def test_events_and_characters_may_be_cut_anywhere(
        self, server: BedrockServer, make_model: MakeModel, size: int
    ) -> None:
        whole = begin() + says("Grüße 😀 ") + says("你好") + stops() + counts()
        server.expect(in_turn(begins(*(whole[n : n + size] for n in range(0, len(whole), size))), Wire.end))
        assert text_of(list(make_model().generate(asking("Hi")))) == "Grüße 😀 你好"


def test_half_of_fifty_callers_hang_up(server: BedrockServer, make_model: MakeModel) -> None:
    half_of_fifty_hang_up(server, make_model(deadlines=Deadlines(connect=60.0)))


def _rests(wire: Wire) -> None:
    wire.wait(0.02)
