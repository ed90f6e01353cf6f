import json
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from coaching.adapters.llm import llama_cpp
from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.llama_cpp import LlamaCppChatModel
from coaching.adapters.llm.llama_cpp_engine import Engine, start_engine
from coaching.errors import ModelUnavailable
from tests.adapters.llm.chat_model_contract import (
    ChatModelContract,
    StillGenerating,
    asking,
    becomes_false,
    counted,
    text_of,
)
from tests.support.tiny_gguf import write_chat_model

pytestmark = pytest.mark.gguf


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chat_model(tmp_path_factory.mktemp("gguf") / "talkative.gguf", ends=False)


@pytest.fixture(scope="module")
def model(path: Path) -> LlamaCppChatModel:
    return LlamaCppChatModel(path, context_tokens=1024)


def busy(model: LlamaCppChatModel) -> bool:
    """Return whether something else has the model's one thread."""
    probe = threading.Thread(target=model.load)
    probe.start()
    probe.join(0.02)
    return probe.is_alive()


class TestLlamaCppChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, model: LlamaCppChatModel) -> StillGenerating:
        model.load()
        return lambda: busy(model)


def test_a_model_may_end_its_answer_by_itself(tmp_path: Path) -> None:
    model = LlamaCppChatModel(write_chat_model(tmp_path / "terse.gguf"), context_tokens=1024)
    prompt = replace(asking("Anything", max_tokens=900), temperature=1.0)
    assert counted(list(model.generate(prompt))).output_tokens < 900


def test_an_answer_ends_before_a_stop_word(model: LlamaCppChatModel) -> None:
    whole = text_of(list(model.generate(asking("Anything"))))
    stop = whole[8:10]
    *pieces, last = model.generate(replace(asking("Anything"), stop=(stop,)))
    assert text_of(pieces) == whole.partition(stop)[0]
    assert last.finish == "stop"


def test_says_that_an_answer_was_as_long_as_it_may_be(model: LlamaCppChatModel) -> None:
    *_, last = model.generate(asking("Anything", max_tokens=3))
    assert last.finish == "length"


def test_every_answer_keeps_to_its_schema(model: LlamaCppChatModel) -> None:
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["good", "bad"]}, "score": {"type": "integer", "minimum": 0, "maximum": 9}},
        "required": ["mood", "score"],
        "additionalProperties": False,
    }
    for number in range(20):
        prompt = replace(asking(f"Number {number}", max_tokens=300), schema=schema, temperature=1.0)
        *pieces, last = model.generate(prompt)
        answer = json.loads(text_of(pieces))
        assert answer["mood"] in ("good", "bad")
        assert 0 <= answer["score"] <= 9
        assert last.finish == "stop"


def test_half_a_json_is_a_failure(model: LlamaCppChatModel) -> None:
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 30}
    with pytest.raises(ModelUnavailable, match="too few tokens") as cut:
        list(model.generate(replace(asking("Count"), schema=schema, max_tokens=20)))
    assert cut.value.code == "malformed_answer"


def test_users_who_take_turns_find_what_was_read_of_their_conversations(path: Path) -> None:
    engine = start_engine(path, 2048, 2)
    read: list[int] = []

    def noting(chunk: dict[str, Any]) -> bool:
        if "timings" in chunk:
            read.append(chunk["timings"]["prompt_n"])
        return False

    said = {user: f"You are a coach. {user} said: " + user * 500 for user in ("a", "b")}
    for turn in range(3):
        for text in said.values():
            messages = [{"role": "user", "content": f"{text} And in turn {turn}?"}]
            engine.handle_chat_completions({"messages": messages, "max_tokens": 1, "stream": True}, noting)
    assert min(read[:2]) > 500
    assert max(read[2:]) < 50


def test_refuses_a_schema_that_is_none(model: LlamaCppChatModel) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(replace(asking("Anything"), schema={"type": "nonsense"})))
    assert refused.value.code == "request_refused"


def test_a_long_answer_stops_soon_after_it_is_closed(path: Path) -> None:
    model = LlamaCppChatModel(path, context_tokens=8192)
    answer = model.generate(asking("Go on and on", max_tokens=7000))
    for _ in range(20):
        next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert becomes_false(lambda: busy(model), within=10)


def test_an_answer_is_too_long_in_all(path: Path) -> None:
    model = LlamaCppChatModel(path, context_tokens=8192, deadlines=Deadlines(total=0.5))
    model.load()
    with pytest.raises(ModelUnavailable, match="the whole answer") as late:
        list(model.generate(asking("Go on and on", max_tokens=7000)))
    assert late.value.code == "timeout"
    assert becomes_false(lambda: busy(model), within=10)


def test_a_turn_that_does_not_come_is_an_overload(path: Path) -> None:
    model = LlamaCppChatModel(path, context_tokens=8192)
    model.load()
    first = model.generate(asking("Go on and on", max_tokens=7000))
    next(first)
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(replace(asking("And I?"), first_words=0.5)))
    assert refused.value.code == "overloaded"
    assert next(first).text


def test_the_file_is_read_once_for_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counting(path: Path, context_tokens: int, threads: int) -> Engine:
        read.append(path)
        return start_engine(path, context_tokens, threads)

    monkeypatch.setattr(llama_cpp, "start_engine", counting)
    model = LlamaCppChatModel(path, context_tokens=512)
    assert read == []
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: text_of(list(model.generate(asking(f"Number {n}")))), range(4)))
    assert all(answers)
    assert read == [path]


@pytest.mark.parametrize("route", ["/v1/chat/completions", "/completion", "/slots", "/props", "/v1/models", "/metrics"])
def test_nobody_can_use_its_listener(path: Path, route: str) -> None:
    engine = start_engine(path, 512, 1)
    address = engine.listening_address  # type: ignore[attr-defined]
    assert address.startswith("http://127.0.0.1:")
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(f"{address}{route}", data=b"{}", timeout=5)
    assert refused.value.code in (401, 404)
    refused.value.close()


def test_says_nothing_about_prompts_on_the_console(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    list(LlamaCppChatModel(path, context_tokens=512).generate(asking("A private matter")))
    assert capfd.readouterr() == ("", "")


def test_a_prompt_that_is_being_read_can_be_left(path: Path) -> None:
    model = LlamaCppChatModel(path, context_tokens=8192, deadlines=Deadlines(first_token=0.001))
    model.load()
    began = time.monotonic()
    with pytest.raises(ModelUnavailable):
        list(model.generate(asking("word " * 1500)))
    assert becomes_false(lambda: busy(model), within=1)
    assert time.monotonic() - began < 1.5


def test_the_tiny_model_has_the_same_bytes_each_time(path: Path, tmp_path: Path) -> None:
    again = write_chat_model(tmp_path / "again.gguf", ends=False)
    assert again.read_bytes() == path.read_bytes()
