"""Three Ollama nodes, each a process of its own on loopback, of which one is killed under load."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Room
from coaching.models.balancing import BalancedChatModel, Nodes, in_order
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from tests.adapters.llm.chat_model_contract import text_of

ROOT = Path(__file__).resolve().parents[2]
NODE = """
import sys
sys.path.insert(0, "layers/coaching/python")
from tests.support.ollama_server import OllamaServer
with OllamaServer(pause=0.02) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
PATIENT = Deadlines(connect=30.0, first_token=60.0, between_tokens=60.0, total=120.0)
QUESTIONS = 60


@dataclass
class Fleet(Nodes):
    """The processes by address. `answering` counts the answers under way at each, as their callers see them."""

    processes: dict[str, "subprocess.Popen[str]"]
    models: dict[str, OllamaChatModel] = field(default_factory=dict)
    answering: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def addresses(self) -> tuple[str, ...]:
        return tuple(self.processes)

    def model_at(self, address: str) -> ChatModel:
        with self.lock:
            model = self.models.setdefault(address, OllamaChatModel(address, "tiny", deadlines=PATIENT))
        return Watched(model, self, address)

    def kill_in_the_middle_of_an_answer(self) -> str:
        """Kill one that is answering, without a warning, and return its address."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with self.lock:
                victims = [address for address, count in self.answering.items() if count]
                if victims:
                    self.processes[victims[0]].kill()
                    return victims[0]
            time.sleep(0.001)
        raise AssertionError("No node was asked")


@dataclass(frozen=True)
class Watched(ChatModel):
    model: ChatModel
    fleet: Fleet
    address: str

    @property
    def name(self) -> str:
        return self.model.name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        begun = False
        try:
            for fragment in self.model.generate(prompt):
                if not begun:
                    self._count(1)
                begun = True
                yield fragment
        finally:
            if begun:
                self._count(-1)

    def _count(self, more: int) -> None:
        with self.fleet.lock:
            self.fleet.answering[self.address] += more


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    command = [sys.executable, "-c", NODE]
    with ExitStack() as running:
        started = [
            running.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(3)
        ]
        for process in started:
            running.callback(process.kill)
        yield Fleet({process.stdout.readline().strip(): process for process in started if process.stdout})


def question(number: int) -> Prompt:
    return Prompt((Message("user", f"{number} because of one two three four five six"),), affinity=str(number))


def expected(number: int) -> str:
    return f"You said: {number} because of one two three four five six"


def of(fleet: Fleet, *, whole: bool) -> BalancedChatModel:
    room = Room(at_once=4, waiting=QUESTIONS, waiting_in_all=QUESTIONS, patience=120.0)
    return BalancedChatModel("ollama:tiny", fleet, fleet.model_at, Admission(room), whole=whole)


def test_killing_one_of_three_nodes_under_load_loses_no_request(fleet: Fleet) -> None:
    model = of(fleet, whole=True)
    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(lambda n: text_of(list(model.generate(question(n)))), n) for n in range(QUESTIONS)]
        killed = fleet.kill_in_the_middle_of_an_answer()
        assert [each.result(120) for each in asked] == [expected(number) for number in range(QUESTIONS)]
    assert fleet.processes[killed].wait(30) != 0


def test_an_answer_that_was_shown_in_part_ends_with_an_error_and_is_there_when_asked_again(fleet: Fleet) -> None:
    model = of(fleet, whole=False)
    of_the_killed: list[int] = []

    def ask(number: int) -> str:
        try:
            return text_of(list(model.generate(question(number))))
        except ModelUnavailable:
            of_the_killed.append(number)
            return text_of(list(model.generate(question(number))))

    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(ask, number) for number in range(QUESTIONS)]
        killed = fleet.kill_in_the_middle_of_an_answer()
        assert [each.result(120) for each in asked] == [expected(number) for number in range(QUESTIONS)]
    assert all(in_order(fleet.addresses(), str(number))[0] == killed for number in of_the_killed)
