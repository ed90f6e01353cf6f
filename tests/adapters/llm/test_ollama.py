import json
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coaching.adapters.llm.ollama import OllamaChatModel, answers
from coaching.errors import ModelUnavailable
from coaching.models.ports import Message, Prompt
from coaching.vocabulary import Usage
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, asking, counted, text_of
from tests.support.ollama_server import OllamaServer


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer(pause=0.001) as server:
        yield server


@pytest.fixture
def model(server: OllamaServer) -> OllamaChatModel:
    return OllamaChatModel(server.url, "tiny", context_tokens=1024)


class TestOllamaChatModel(ChatModelContract):
    @pytest.fixture
    def still_generating(self, server: OllamaServer) -> StillGenerating:
        return lambda: server.running > 0


def test_asks_for_the_window_and_never_for_silent_cutting(server: OllamaServer, model: OllamaChatModel) -> None:
    messages = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello."))
    list(model.generate(Prompt((*messages, Message("user", "Why?")), temperature=0.7, max_tokens=50)))
    assert server.requests == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": "Why?"},
            ],
            "stream": True,
            "truncate": False,
            "options": {"temperature": 0.7, "num_predict": 50, "num_ctx": 1024},
        }
    ]


def test_an_answer_ends_before_a_stop_word(server: OllamaServer, model: OllamaChatModel) -> None:
    *pieces, last = model.generate(replace(asking("one two END three"), stop=("END", "##")))
    assert text_of(pieces) == "You said: one two "
    assert last.finish == "stop"
    assert server.requests[0]["options"]["stop"] == ["END", "##"]


def test_says_that_an_answer_was_as_long_as_it_may_be(model: OllamaChatModel) -> None:
    *_, last = model.generate(asking("one two three four", max_tokens=3))
    assert last.finish == "length"


def test_keeps_to_a_schema(model: OllamaChatModel) -> None:
    schema = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
    answer = text_of(list(model.generate(replace(asking("fine"), schema=schema))))
    assert json.loads(answer) == {"mood": "You said: fine"}


def test_refuses_a_schema_that_ollama_cannot_keep_to(model: OllamaChatModel) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.generate(replace(asking("fine"), schema={"type": "nonsense"})))
    assert refused.value.code == "request_refused"


def test_a_prompt_may_have_less_time_than_the_model(server: OllamaServer, model: OllamaChatModel) -> None:
    server.expect(lambda wire: wire.wait())
    with pytest.raises(ModelUnavailable) as late:
        list(model.generate(replace(asking("Hi"), seconds=0.3)))
    assert late.value.code == "timeout"


def test_reports_the_tokens_that_ollama_counted(model: OllamaChatModel) -> None:
    fragments = list(model.generate(asking("three short words")))
    assert text_of(fragments) == "You said: three short words"
    assert counted(fragments) == Usage(input_tokens=7, output_tokens=5)


def test_an_address_may_end_with_a_slash_or_have_a_path(server: OllamaServer) -> None:
    assert text_of(list(OllamaChatModel(f"{server.url}/", "tiny").generate(asking("Hi")))) == "You said: Hi"
    with pytest.raises(ModelUnavailable, match="is not Ollama"):
        list(OllamaChatModel(f"{server.url}/elsewhere", "tiny").generate(asking("Hi")))


def test_hangs_up_when_an_answer_is_closed(server: OllamaServer, model: OllamaChatModel) -> None:
    answer = model.generate(asking("word " * 500, max_tokens=500))
    next(answer)
    del answer
    list(model.generate(asking("Hi")))
    assert server.hung_up == 1


def test_names_the_models_that_a_server_has() -> None:
    with OllamaServer(models={"llama3:8b": 8192, "tiny": 1024}) as server:
        assert answers(server.url, timeout=2) == ("llama3:8b", "tiny")


def test_says_when_no_server_answers() -> None:
    with pytest.raises(ModelUnavailable) as refused:
        answers(f"http://127.0.0.1:{_closed_port()}", timeout=1)
    assert refused.value.code == "unreachable"


def test_does_not_wait_long_to_learn_that_a_server_is_silent(server: OllamaServer) -> None:
    server.expect(lambda wire: wire.wait())
    with pytest.raises(ModelUnavailable) as silent:
        answers(server.url, timeout=0.1)
    assert silent.value.code == "timeout"


def test_does_not_take_another_server_for_ollama(server: OllamaServer) -> None:
    server.expect(lambda wire: wire.whole(200, b"<html>A router</html>", "text/html"))
    with pytest.raises(ModelUnavailable, match="is not Ollama"):
        answers(server.url, timeout=1)


@pytest.mark.parametrize("address", ["", "127.0.0.1:11434", "ftp://here", "http://", "http://name:secret@here"])
def test_refuses_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        answers(address, timeout=1)
    assert refused.value.code == "unreachable"
    assert "secret" not in refused.value.message


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
