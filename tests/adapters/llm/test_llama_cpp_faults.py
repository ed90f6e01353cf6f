import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coaching.adapters.llm import llama_cpp
from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.llama_cpp import LlamaCppChatModel
from coaching.errors import ModelUnavailable
from tests.adapters.llm.chat_model_contract import asking
from tests.support.tiny_gguf import write_chat_model

Push = Callable[[dict[str, Any]], bool]
ANY_TIME = Deadlines()
WORD = {"choices": [{"delta": {"content": "Well"}}]}


def fails_with(model: LlamaCppChatModel, code: str, *, said: str = "") -> str:
    heard: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        heard.extend(fragment.text for fragment in model.generate(asking("A private matter")))
    assert "".join(heard) == said
    assert failed.value.code == code
    assert "private" not in failed.value.message
    return failed.value.message


class TestFiles:
    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "none.gguf"
        assert str(path) in fails_with(LlamaCppChatModel(path), "model_missing")

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        fails_with(LlamaCppChatModel(tmp_path), "model_missing")

    def test_loading_ahead_says_the_same(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable, match="no GGUF file"):
            LlamaCppChatModel(tmp_path / "none.gguf").load()

    @pytest.mark.parametrize("content", [b"", b"GG", b"<html>Not found</html>", b"GGUF" + bytes(500)])
    def test_a_file_that_is_no_chat_model(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "wrong.gguf"
        path.write_bytes(content)
        assert str(path) in fails_with(LlamaCppChatModel(path), "model_failed")

    @pytest.mark.gguf
    def test_a_file_that_was_cut(self, tmp_path: Path) -> None:
        path = write_chat_model(tmp_path / "cut.gguf")
        path.write_bytes(path.read_bytes()[:200_000])
        assert "download it again" in fails_with(LlamaCppChatModel(path), "model_failed")

    def test_a_package_that_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "xllamacpp", None)
        model = LlamaCppChatModel(write_chat_model(tmp_path / "tiny.gguf"))
        assert "pip install xllamacpp" in fails_with(model, "package_missing")


class ScriptedEngine:
    """Does with the callback what a test wants."""

    def __init__(self, script: Callable[[Push], None]) -> None:
        self._script = script

    def handle_chat_completions(self, request: dict[str, Any], push: Push, /) -> None:
        self._script(push)


class TestEngine:
    @pytest.fixture
    def run(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., LlamaCppChatModel]:
        def running(script: Callable[[Push], None], deadlines: Deadlines = ANY_TIME) -> LlamaCppChatModel:
            monkeypatch.setattr(llama_cpp, "start_engine", lambda *_: ScriptedEngine(script))
            return LlamaCppChatModel(tmp_path / "any.gguf", deadlines=deadlines)

        return running

    def test_a_first_token_that_does_not_come(self, run: Callable[..., LlamaCppChatModel]) -> None:
        model = run(lambda push: time.sleep(0.3), Deadlines(first_token=0.1))
        assert "the first token" in fails_with(model, "timeout")

    def test_reading_a_prompt_is_no_token(self, run: Callable[..., LlamaCppChatModel]) -> None:
        def reads_for_ever(push: Push) -> None:
            while not push({"choices": [{"delta": {"content": None}}], "prompt_progress": {}}):
                time.sleep(0.01)

        fails_with(run(reads_for_ever, Deadlines(first_token=0.2, between_tokens=0.1)), "timeout")

    def test_a_next_token_that_does_not_come(self, run: Callable[..., LlamaCppChatModel]) -> None:
        def pauses(push: Push) -> None:
            push(WORD)
            time.sleep(0.3)

        model = run(pauses, Deadlines(between_tokens=0.1))
        assert "the next token" in fails_with(model, "timeout", said="Well")

    @pytest.mark.parametrize(
        ("error", "code"),
        [(ValueError("A private matter"), "request_refused"), (RuntimeError("A private"), "model_failed")],
    )
    def test_a_request_that_is_refused(
        self, run: Callable[..., LlamaCppChatModel], error: Exception, code: str
    ) -> None:
        def refuses(push: Push) -> None:
            raise error

        fails_with(run(refuses), code)

    def test_an_error_that_is_given_as_an_answer(self, run: Callable[..., LlamaCppChatModel]) -> None:
        error = {"error": {"code": 500, "message": "A private matter", "type": "server_error"}}
        fails_with(run(lambda push: push(error) and None), "model_failed")

    def test_a_request_that_is_refused_by_an_answer(self, run: Callable[..., LlamaCppChatModel]) -> None:
        error = {"error": {"code": 400, "message": "A private matter", "type": "invalid_request_error"}}
        fails_with(run(lambda push: push(error) and None), "request_refused")

    def test_a_prompt_may_have_less_time_than_the_model(self, run: Callable[..., LlamaCppChatModel]) -> None:
        model = run(lambda push: time.sleep(0.3))
        with pytest.raises(ModelUnavailable, match=r"within 0\.1 s"):
            list(model.generate(replace(asking("Hi"), seconds=0.1)))

    def test_a_load_that_takes_too_long(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(llama_cpp, "start_engine", lambda *_: time.sleep(0.5))
        with pytest.raises(ModelUnavailable) as late:
            LlamaCppChatModel(tmp_path / "any.gguf").load(0.1)
        assert late.value.code == "timeout"

    def test_an_answer_without_an_end(self, run: Callable[..., LlamaCppChatModel]) -> None:
        fails_with(run(lambda push: push(WORD) and None), "malformed_answer", said="Well")

    def test_a_json_with_bytes_that_are_no_letter(self, run: Callable[..., LlamaCppChatModel]) -> None:
        broken = {"choices": [{"delta": {"content": '"m\ufffd'}}]}
        model = run(lambda push: push(broken) and None)
        with pytest.raises(ModelUnavailable) as failed:
            list(model.generate(replace(asking("A private matter"), schema={"type": "string"})))
        assert failed.value.code == "malformed_answer"

    def test_a_chunk_of_another_shape(self, run: Callable[..., LlamaCppChatModel]) -> None:
        fails_with(run(lambda push: push({"choices": "A private matter"}) and None), "malformed_answer")
