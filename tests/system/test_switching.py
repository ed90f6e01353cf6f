"""The running system changes its model: the new one is tried and watched, and the old one comes back by itself."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coaching.models.error_rate import LEAST_FAILURES
from tests.support.http_client import DEADLINE_SECONDS, Client, client
from tests.support.loopback_server import Received, Wire
from tests.support.ollama_server import OllamaServer, last_line, text_line
from tests.support.running_system import RunningSystem, serving

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("chain")]

BIG, SMALL, ABSENT = "ollama:llama3:8b", "ollama:mistral:7b", "ollama:phi3:mini"
RULE = "The juniper rule asks for eleven quiet minutes."
QUESTION = "What does the juniper rule ask for?"
NUMBERS = itertools.count(2)
PATH = "/v1/models/current"
TRIAL, TRIED = "Source: ", "The_harbour"


class SwitchedOllama(OllamaServer):
    """Has two models. Those that are `dull` answer their trial wrongly, `broken` ones answer nothing.

    While `may_answer` is not set, an answer that is no trial's is begun and goes on without a word; `asked` says that
    one was begun.
    """

    def __init__(self) -> None:
        super().__init__({"llama3:8b": 8_192, "mistral:7b": 4_096}, first_known_sentence)
        self.dull: set[str] = set()
        self.broken: set[str] = set()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked = threading.Event()

    def answer(self, wire: Wire, request: Received) -> None:
        model, messages = request.body.get("model"), request.body.get("messages")
        if messages and model in self.broken:
            wire.error(500, "an error of the runner")
            return
        if messages and model in self.dull and messages[-1]["content"].startswith(TRIAL):
            messages[-1]["content"] = "It burns."
        super().answer(wire, request)

    def _stream(self, wire: Wire, words: list[str], most: int | None, input_tokens: int) -> None:
        wire.head(200)
        if words[0] != TRIED:
            self.asked.set()
            while not self.may_answer.wait(0.2):
                wire.chunk(text_line(""))
        wire.chunk(text_line(" ".join(words[:most])))
        wire.chunk(last_line(input_tokens, len(words[:most])))
        wire.end()


def first_known_sentence(asked: str) -> str:
    """Answer as a model that repeats the first sentence of what it is given."""
    if asked.startswith(TRIAL):
        return asked.removeprefix(TRIAL).partition("\n")[0].replace("The harbour", TRIED)
    _, _, sources = asked.partition('<source number="1"')
    return sources.partition("\n")[2].partition(".")[0] + "."


@pytest.fixture(scope="module")
def ollama() -> Iterator[SwitchedOllama]:
    with SwitchedOllama() as server:
        yield server


@pytest.fixture(scope="module")
def system(ollama: SwitchedOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    models = {"CHAT_MODELS": f"{BIG},{SMALL},{ABSENT}", "OLLAMA_URL": ollama.url}
    with serving(tmp_path_factory.mktemp("switching"), models=models) as running:
        client(running, "juniper", "creator").upload("rule.md", RULE.encode())
        yield running


@pytest.fixture(scope="module")
def admin(system: RunningSystem) -> Client:
    return client(system, "juniper", "admin", "ada")


@pytest.fixture(scope="module")
def user(system: RunningSystem) -> Client:
    return client(system, "juniper", "user")


def ask(user: Client) -> dict[str, Any]:
    # Each time in other words, so that no kept answer serves.
    return user.ask(user.converse(), f"{QUESTION} {next(NUMBERS)} times")


def awaited(admin: Client, state: str, meanwhile: Callable[[], object] = lambda: time.sleep(0.05)) -> dict[str, Any]:
    """Return the record once it is in that state."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (record := admin.call("GET", PATH))["state"] != state:
        assert time.monotonic() < deadline, record
        meanwhile()
    found: dict[str, Any] = record
    return found


def until_answered_by(user: Client, model: str) -> None:
    """Ask until this model replies: instances learn of a switch within seconds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (reply := ask(user))["model"] != model:
        assert time.monotonic() < deadline, reply
        time.sleep(0.2)


def test_an_admin_sees_which_model_is_asked_first_and_nobody_else_does(admin: Client, user: Client) -> None:
    seen = admin.call("GET", PATH)
    assert (seen["current"], seen["models"]) == (SMALL, [BIG, SMALL, ABSENT])
    assert user.send("GET", PATH).status_code == 403
    assert user.send("POST", PATH, {"model": BIG}).status_code == 403


def test_what_cannot_be_switched_to_is_refused(admin: Client) -> None:
    refused = admin.send("POST", PATH, {"model": "openai:gpt-4.1-mini"})
    assert refused.status_code == 422
    assert f"It has {BIG}, {SMALL}, {ABSENT}." in refused.json()["detail"]
    assert admin.send("POST", PATH, {}).status_code == 422
    assert admin.call("POST", PATH, {"model": SMALL})["state"] in {"settled", "failed", "rolled_back"}


def test_a_model_that_its_server_lacks_is_reported_with_the_command_that_brings_it(admin: Client, user: Client) -> None:
    begun = admin.send("POST", PATH, {"model": ABSENT})
    assert (begun.status_code, begun.json()["candidate"], begun.json()["current"]) == (202, ABSENT, SMALL)
    failed = awaited(admin, "failed")
    assert "ollama pull phi3:mini" in failed["reason"]
    assert failed["current"] == SMALL
    until_answered_by(user, SMALL)


def test_a_model_that_answers_its_trial_wrongly_is_not_moved_to(
    ollama: SwitchedOllama, admin: Client, user: Client
) -> None:
    ollama.dull = {"llama3:8b"}
    admin.call("POST", PATH, {"model": BIG})
    failed = awaited(admin, "failed")
    assert BIG in failed["reason"]
    assert (failed["current"], failed["candidate"]) == (SMALL, BIG)
    assert failed["asked_by"]
    assert ask(user)["model"] == SMALL
    ollama.dull = set()


def test_a_switch_moves_traffic_and_a_model_that_begins_to_fail_gives_its_place_back(
    ollama: SwitchedOllama, admin: Client, user: Client
) -> None:
    until_answered_by(user, SMALL)
    with ThreadPoolExecutor(1) as pool:
        ollama.asked.clear()
        ollama.may_answer.clear()
        in_flight = pool.submit(ask, user)
        assert ollama.asked.wait(DEADLINE_SECONDS)
        ollama.may_load.clear()
        ollama.loaded.pop("llama3:8b", None)
        key = {"Idempotency-Key": "switch-1"}
        begun = admin.call("POST", PATH, {"model": BIG}, headers=key)
        assert begun["state"] == "loading"
        assert admin.call("POST", PATH, {"model": BIG}, headers=key) == begun
        second = admin.send("POST", PATH, {"model": ABSENT})
        assert (second.status_code, second.json()["code"]) == (409, "conflict")
        ollama.may_load.set()
        watched = awaited(admin, "watching")
        ollama.may_answer.set()
        assert in_flight.result(DEADLINE_SECONDS)["model"] == SMALL
    assert (watched["current"], watched["previous"]) == (BIG, SMALL)
    until_answered_by(user, BIG)

    ollama.broken = {"llama3:8b"}
    replies: list[dict[str, Any]] = []
    back = awaited(admin, "rolled_back", lambda: replies.append(ask(user)))
    ollama.broken = set()
    assert (back["current"], back["candidate"]) == (SMALL, BIG)
    assert back["seen"]["new"]["failed"] >= LEAST_FAILURES
    assert f"answers of {BIG} failed" in back["reason"]
    # Nobody noticed.
    assert {(reply["kind"], reply["model"]) for reply in replies} == {("answer", SMALL)}
    until_answered_by(user, SMALL)


def test_nobodys_words_reach_a_log(system: RunningSystem) -> None:
    logged = system.logs() + system.state.own_log_file.read_text("utf-8")
    assert "switched back" in logged
    for words in ("harbour lamp", "juniper rule", "eleven quiet"):
        assert words not in logged
