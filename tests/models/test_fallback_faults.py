"""What can go wrong around a chain, with models on the wire and models that are told."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.models.breaker import Breakers
from coaching.models.fallback import FallbackChain
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel
from tests.adapters.llm.chat_model_contract import asking, becomes_false, text_of
from tests.models.chains import FOR_EVER, PROMPT, Fails, NoStates, chained, failure, member, said
from tests.support.loopback_server import Fault, Wire
from tests.support.ollama_server import OllamaServer, last_line, text_line

SHORT = Deadlines(connect=5, first_token=0.2, between_tokens=0.2, total=20)
FINE = [["All", " is", " well."]]


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
def chain(server: OllamaServer) -> FallbackChain:
    """Return a chain of a model on the wire and one that answers."""
    first = OllamaChatModel(server.url, "tiny", context_tokens=64, deadlines=SHORT)
    return wired(first)


def wired(first: ChatModel) -> FallbackChain:
    return FallbackChain((member("a", first), member("b", ScriptedChatModel(["The second."]))), patience=QUICK)


QUICK = Patience(pause=0.001)


def words(count: int) -> Fault:
    def fault(wire: Wire) -> None:
        wire.head(200)
        for number in range(count):
            wire.chunk(text_line(f"{number} "))
        wire.wait()

    return fault


def half_a_character(before: bytes) -> Fault:
    def fault(wire: Wire) -> None:
        wire.head(200)
        wire.chunk(before + text_line("é").partition("é".encode())[0] + "é".encode()[:1])
        wire.end()

    return fault


def broken_line(wire: Wire) -> None:
    wire.head(200)
    wire.chunk(text_line("é").replace("é".encode(), "é".encode()[:1]))
    wire.chunk(last_line(1, 1))
    wire.end()


class TestOnTheWire:
    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(lambda wire: wire.wait(), id="hangs before headers"),
            pytest.param(words(0), id="hangs after headers"),
            pytest.param(half_a_character(b""), id="ends within a UTF-8 character"),
            pytest.param(broken_line, id="sends half a UTF-8 character"),
            pytest.param(lambda wire: wire.error(200, "something broke"), id="200 with an error body"),
            pytest.param(lambda wire: wire.whole(200, b"<html>", "text/html"), id="200 with garbage"),
        ],
    )
    def test_a_first_that_fails_before_its_first_words_is_replaced(
        self, server: OllamaServer, chain: FallbackChain, fault: Fault
    ) -> None:
        server.expect(*[fault] * 4)
        assert said(chain) == ("The second.", "ollama:b")

    def test_a_first_that_answers_500_is_replaced(self, server: OllamaServer, chain: FallbackChain) -> None:
        server.expect(*[lambda wire: wire.error(500, "it broke")] * 4)
        assert said(chain) == ("The second.", "ollama:b")

    def test_a_first_that_hangs_after_three_tokens_is_not(self, server: OllamaServer, chain: FallbackChain) -> None:
        server.expect(words(3))
        assert failure(chain, heard="0 1 2 ").code == "timeout"

    def test_half_a_character_after_words_ends_the_answer(self, server: OllamaServer, chain: FallbackChain) -> None:
        server.expect(half_a_character(text_line("One ")))
        assert failure(chain, heard="One ").code == "malformed_answer"

    def test_a_server_without_the_model_is_replaced(self, server: OllamaServer) -> None:
        chain = wired(OllamaChatModel(server.url, "another", deadlines=SHORT))
        assert said(chain) == ("The second.", "ollama:b")

    def test_a_prompt_beyond_the_window_is_shortened(self, server: OllamaServer, chain: FallbackChain) -> None:
        short = asking("a few words")
        prompt = replace(asking("word " * 100), shorter=lambda: short)
        assert said(chain, prompt) == ("You said: a few words", "ollama:a")

    def test_a_prompt_beyond_the_window_that_cannot_be_shortened_goes_to_the_next(self, chain: FallbackChain) -> None:
        assert said(chain, asking("word " * 100)) == ("The second.", "ollama:b")

    def test_a_first_that_nobody_runs_is_replaced(self) -> None:
        with OllamaServer() as gone:
            pass
        assert said(wired(OllamaChatModel(gone.url, "tiny"))) == ("The second.", "ollama:b")


class TestOutages:
    def test_500_for_half_a_minute_is_noticed_by_nobody(self) -> None:
        at = chained([[Fails("model_failed")]], FINE)
        began = at.clock.now
        while at.clock.now - began < 30:
            assert said(at.chain) == ("All is well.", "ollama:b")
            at.clock.now += 1
        assert len(at.models[0].prompts) <= 4
        at.models[0].answers = FINE
        at.clock.now += 40
        assert said(at.chain) == ("All is well.", "ollama:a")
        assert said(at.chain) == ("All is well.", "ollama:a")

    def test_a_first_that_hangs_costs_two_waits_and_then_none(self) -> None:
        at = chained([[FOR_EVER]], FINE)
        waited = []
        for _ in range(10):
            began = at.clock.now
            said(at.chain)
            waited.append(at.clock.now - began)
        assert waited == pytest.approx([60, 60, *[0] * 8])

    def test_a_key_that_is_revoked_is_tried_once_in_a_long_time(self) -> None:
        at = chained([*FINE, [Fails("bad_credentials")]], FINE)
        assert said(at.chain)[1] == "ollama:a"
        for _ in range(40):
            assert said(at.chain)[1] == "ollama:b"
            at.clock.now += 20
        assert len(at.models[0].prompts) == 2
        at.models[0].answers = FINE
        at.clock.now += 100
        assert said(at.chain)[1] == "ollama:a"

    def test_all_of_them_down_is_said_soon_and_survived(self) -> None:
        at = chained([[Fails("unreachable")]], [[Fails("overloaded")]], [[Fails("timeout")]])
        for _ in range(20):
            began = at.clock.now
            failure(at.chain)
            assert at.clock.now - began < 90
        at.models[1].answers = FINE
        assert said(at.chain) == ("All is well.", "ollama:b")

    def test_a_store_of_states_that_fails_stops_no_request(self) -> None:
        at = chained([[Fails("timeout")]], FINE)
        chain = replace(at.chain, breakers=Breakers(NoStates(), clock=at.clock))
        for _ in range(3):
            assert said(chain) == ("All is well.", "ollama:b")

    def test_the_time_of_day_is_never_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def jumped() -> float:
            raise AssertionError("the wall clock was read")

        monkeypatch.setattr(time, "time", jumped)
        monkeypatch.setattr(time, "time_ns", jumped)
        chain = FallbackChain(
            (member("a", ScriptedChatModel(["A"], fails_after=0)), member("b", ScriptedChatModel(["B"])))
        )
        for _ in range(5):
            assert said(replace(chain, patience=QUICK)) == ("B", "ollama:b")

    @pytest.mark.parametrize("seconds", [-5_000.0, 5_000.0])
    def test_a_clock_that_jumps_between_two_requests_harms_neither(self, seconds: float) -> None:
        at = chained([[Fails("timeout")], [Fails("timeout")], *FINE], FINE)
        for _ in range(2):
            said(at.chain)
        at.clock.now += seconds
        assert said(at.chain) == ("All is well.", "ollama:a")

    def test_a_bug_in_a_member_keeps_no_probes_place(self) -> None:
        def broken(_: object) -> str:
            raise ZeroDivisionError

        at = chained([[Fails("timeout")]], FINE)
        for _ in range(2):
            said(at.chain)
        at.clock.now += 20
        buggy = replace(at.chain, members=(member("a", ScriptedChatModel(broken)),))
        with pytest.raises(ZeroDivisionError):
            list(buggy.generate(PROMPT))
        assert at.chain.breakers.found("ollama:a") == "probe"


class TestManyAtOnce:
    def test_of_50_streams_half_leave_and_nothing_is_left_running(self) -> None:
        first, second = ScriptedChatModel(["Never"], fails_after=0), ScriptedChatModel(["word " * 200])
        chain = FallbackChain((member("a", first), member("b", second)), patience=QUICK)
        before = set(threading.enumerate())
        finished = _fifty(chain)
        assert [len(text.split()) for text in finished] == [200] * 25
        assert (first.running, second.running) == (0, 0)
        assert set(threading.enumerate()) <= before

    def test_the_same_over_the_wire(self) -> None:
        with OllamaServer(reply=lambda _: "word " * 40, pause=0.002) as server:
            model = OllamaChatModel(server.url, "tiny")
            chain = FallbackChain((member("a", model),), patience=QUICK)
            assert {len(text.split()) for text in _fifty(chain)} == {40}
            assert becomes_false(lambda: server.running > 0, within=30)
            assert len(server.requests) == 50


def _fifty(chain: FallbackChain) -> list[str]:
    """Return what those 25 of 50 readers heard who stayed to the end."""
    together = threading.Barrier(50)

    def read(number: int) -> str | None:
        together.wait(60)
        with ExitStack() as stack:
            answer = chain.generate(PROMPT)
            stack.callback(answer.close)  # type: ignore[attr-defined]
            if number % 2:
                next(answer)
                return None
            return text_of(list(answer))

    with ThreadPoolExecutor(50) as threads:
        return [text for text in threads.map(read, range(50)) if text is not None]
