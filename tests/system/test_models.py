"""The running system with models: one that is away, one that answers, and what happens when that goes, too."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.http_client import DEADLINE_SECONDS, Client, client
from tests.support.ollama_server import OllamaServer
from tests.support.running_system import RunningSystem, serving

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("chain")]

MODEL = "ollama:llama3:8b"
RULE = "The juniper rule asks for eleven quiet minutes."
QUESTION = "What does the juniper rule ask for?"
QUESTION_ANEW = "What is it that the juniper rule asks for?"
QUESTION_OF_A_SLIP = "Once more, what does the juniper rule ask for?"
NOT_COVERED = "Who won the football world cup in 1998?"
slipping = threading.Event()


def first_known_sentence(asked: str) -> str:
    """Answer as a model that repeats the first sentence of what it is given, and at times goes on by itself."""
    if slipping.is_set():
        return f"{RULE} The juniper rule asks for ninety loud hours."
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
    assert reply["text"].endswith(f"{RULE} [1]")
    assert reply["usage"]["output_tokens"] > 0


def test_health_tells_which_model_cannot_answer(user: Client) -> None:
    health = user.call("GET", "/v1/health")
    assert health["status"] == "ok"
    assert health["parts"]["openai:gpt-4.1-mini"] == "unreachable"
    assert MODEL not in health["parts"]


def test_what_it_took_stands_in_the_creators_usage(system: RunningSystem, user: Client) -> None:
    before = ask(user, QUESTION)["usage"]
    usage = client(system, "juniper", "creator").call("GET", "/v1/usage")
    [used] = [each for each in usage["models"] if each["model"] == MODEL]
    assert used["output_tokens"] >= before["output_tokens"]
    assert used["calls"] >= 1


def test_the_same_question_is_paid_once_by_each_user_until_the_material_changes(system: RunningSystem) -> None:
    creator = client(system, "juniper", "creator")
    first, second = (client(system, "juniper", "user", who) for who in ("j-first", "j-second"))

    def is_paid(who: Client) -> bool:
        reply = ask(who, QUESTION)
        assert RULE in reply["text"]
        return bool(reply["usage"]["output_tokens"])

    assert [is_paid(first), is_paid(first), is_paid(second), is_paid(second)] == [True, False, True, False]
    creator.upload("other.md", b"The violin case is blue, and nobody asked.")
    assert [is_paid(first), is_paid(first)] == [True, False]
    first.call("DELETE", f"/v1/conversations/{first.converse()}")
    assert [is_paid(first), is_paid(second)] == [True, True]
    [used] = [each for each in creator.call("GET", "/v1/usage")["models"] if each["model"] == MODEL]
    assert used["reused_answers"] >= 3


def test_an_answer_that_was_taken_back_is_not_given_again(user: Client) -> None:
    slipping.set()
    assert ask(user, QUESTION_OF_A_SLIP)["kind"] == "quote"
    slipping.clear()
    # The reply leaves before all is recorded, so who is very quick may meet the slip once more.
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (reply := ask(user, QUESTION_OF_A_SLIP))["kind"] != "answer":
        assert time.monotonic() < deadline, reply
    assert RULE in reply["text"]


def test_no_key_and_nobodys_words_reach_a_log(system: RunningSystem, user: Client) -> None:
    ask(user, QUESTION)
    logged = system.state.log_file.read_text() + system.state.own_log_file.read_text()
    assert "asked models" in logged
    for secret in ("sk-nobody-may-read-this", "juniper rule", "eleven quiet"):
        assert secret not in logged


def test_when_none_is_left_the_creator_is_quoted_or_it_is_said(ollama: OllamaServer, user: Client) -> None:
    """The last test: it ends the model."""
    ollama.__exit__(None, None, None)
    quoted, sorry = ask(user, QUESTION_ANEW), ask(user, NOT_COVERED)
    assert (quoted["kind"], quoted["model"]) == ("quote", "composer")
    assert RULE in quoted["text"]
    assert (sorry["kind"], sorry["confidence"]) == ("apology", 0.0)
    assert sorry["text"] == "I'm experiencing technical difficulties. Please try again later."
