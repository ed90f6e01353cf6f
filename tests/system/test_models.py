"""The running system with models: one that is away, one that answers, and what happens when that goes, too."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.http_client import Client, client
from tests.support.ollama_server import OllamaServer
from tests.support.running_system import RunningSystem, serving

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("chain")]

MODEL = "ollama:llama3:8b"
RULE = "The juniper rule asks for eleven quiet minutes."
QUESTION = "What does the juniper rule ask for?"
NOT_COVERED = "Who won the football world cup in 1998?"


def first_known_sentence(asked: str) -> str:
    """Answer as a model that repeats the first sentence of what it is given."""
    _, _, sources = asked.partition('<source number="1"')
    return sources.partition("\n")[2].partition(".")[0] + "."


@pytest.fixture(scope="module")
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer({"llama3:8b": 8_192}, first_known_sentence) as server:
        yield server


@pytest.fixture(scope="module")
def system(ollama: OllamaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    models = {
        "CHAT_MODELS": f"openai:gpt-4.1-mini,{MODEL}",
        "OPENAI_URL": "http://127.0.0.1:9/v1",
        "OPENAI_API_KEY": "sk-nobody-may-read-this",
        "OLLAMA_URL": ollama.url,
    }
    with serving(tmp_path_factory.mktemp("models"), models=models) as running:
        client(running, "juniper", "creator").upload("rule.md", RULE.encode())
        yield running


@pytest.fixture(scope="module")
def user(system: RunningSystem) -> Client:
    return client(system, "juniper", "user")


def ask(user: Client, text: str) -> dict[str, Any]:
    reply: dict[str, Any] = user.call("POST", f"/v1/conversations/{user.converse()}/messages", {"text": text})
    return reply


def test_the_next_model_answers_when_the_first_is_away(user: Client) -> None:
    reply = ask(user, QUESTION)
    assert (reply["kind"], reply["model"]) == ("answer", MODEL)
    assert reply["text"] == f"{RULE} [1]"
    assert reply["usage"]["output_tokens"] > 0


def test_what_it_took_stands_in_the_creators_usage(system: RunningSystem, user: Client) -> None:
    before = ask(user, QUESTION)["usage"]
    usage = client(system, "juniper", "creator").call("GET", "/v1/usage")
    [used] = [each for each in usage["models"] if each["model"] == MODEL]
    assert used["output_tokens"] >= before["output_tokens"]
    assert used["calls"] >= 1


def test_no_key_and_nobodys_words_reach_a_log(system: RunningSystem, user: Client) -> None:
    ask(user, QUESTION)
    logged = system.state.log_file.read_text() + system.state.own_log_file.read_text()
    assert "asked models" in logged
    for secret in ("sk-nobody-may-read-this", "juniper rule", "eleven quiet"):
        assert secret not in logged


def test_when_none_is_left_the_creator_is_quoted_or_it_is_said(ollama: OllamaServer, user: Client) -> None:
    """The last test: it ends the model."""
    ollama.__exit__(None, None, None)
    quoted, sorry = ask(user, QUESTION), ask(user, NOT_COVERED)
    assert (quoted["kind"], quoted["model"]) == ("quote", "composer")
    assert RULE in quoted["text"]
    assert (sorry["kind"], sorry["confidence"]) == ("apology", 0.0)
    assert sorry["text"] == "I'm experiencing technical difficulties. Please try again later."
