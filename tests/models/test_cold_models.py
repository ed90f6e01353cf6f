"""A model that must be loaded first: others answer meanwhile, and where none does it is waited for."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from coaching.adapters.llm.deadlines import Deadlines
from coaching.adapters.llm.ollama import OllamaChatModel
from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Room
from coaching.models.balancing import BalancedChatModel, in_order
from coaching.models.failures import unavailable
from coaching.models.fallback import FallbackChain
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from tests.adapters.llm.chat_model_contract import becomes_false, text_of
from tests.models.chains import member
from tests.support.loopback_server import Wire
from tests.support.ollama_server import OllamaServer

LONG_SECONDS = 60.0
PROMPT = Prompt((Message("user", "Hi"),), affinity="conversation")


@dataclass(frozen=True)
class Fleet:
    """Nodes that have the model `tiny`, the first one first in line for `PROMPT`."""

    servers: tuple[OllamaServer, ...]
    model: BalancedChatModel

    def loaded(self, *which: int) -> None:
        for number in which:
            self.servers[number].loaded["tiny"] = 4096


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with ExitStack() as stack:
        servers = {server.url: server for server in (stack.enter_context(OllamaServer()) for _ in range(3))}
        models = {url: OllamaChatModel(url, "tiny", 4096) for url in servers}
        ordered = tuple(in_order(tuple(servers), PROMPT.affinity))

        class Nodes:
            def addresses(self) -> tuple[str, ...]:
                return ordered

        admission = Admission(Room(at_once=2))
        yield Fleet(
            tuple(servers[url] for url in ordered),
            BalancedChatModel("ollama:tiny", Nodes(), models.__getitem__, admission),
        )


def answer(model: ChatModel, prompt: Prompt = PROMPT) -> str:
    return text_of(list(model.generate(prompt)))


def test_a_node_that_has_the_model_answers_while_the_first_one_loads_it(fleet: Fleet) -> None:
    fleet.loaded(1)
    fleet.servers[0].may_load.clear()
    assert answer(fleet.model) == "You said: Hi"
    assert [len(server.requests) for server in fleet.servers] == [0, 1, 0]
    fleet.servers[0].may_load.set()
    assert becomes_false(lambda: "tiny" not in fleet.servers[0].loaded, within=LONG_SECONDS)
    assert answer(fleet.model) == "You said: Hi"
    assert [(len(server.requests), len(server.loads)) for server in fleet.servers] == [(1, 1), (1, 0), (0, 0)]


def test_where_all_are_cold_the_first_is_waited_for_without_a_turn(fleet: Fleet) -> None:
    for server in fleet.servers:
        server.may_load.clear()
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(answer, fleet.model) for _ in range(4)]
        assert becomes_false(lambda: any(not server.loads for server in fleet.servers), within=LONG_SECONDS)
        assert becomes_false(
            lambda: any(fleet.model.admission.busy(each.url)[0] for each in fleet.servers), LONG_SECONDS
        )
        for server in fleet.servers:
            server.may_load.set()
        assert [each.result(LONG_SECONDS) for each in answers] == ["You said: Hi"] * 4
    assert [len(server.loads) for server in fleet.servers] == [1, 1, 1]


def test_a_load_that_is_lost_is_waited_for_at_the_next_node(fleet: Fleet) -> None:
    lost = threading.Event()

    def dies(wire: Wire) -> None:
        assert lost.wait(LONG_SECONDS)
        raise ConnectionError

    for server in fleet.servers:
        server.may_load.clear()
    fleet.servers[0].aside_faults.extend([lambda wire: wire.whole(200, b'{"models": []}'), dies])
    fragments = fleet.model.generate(PROMPT)
    assert next(fragments).loading
    lost.set()
    for server in fleet.servers:
        server.may_load.set()
    assert text_of(list(fragments)) == "You said: Hi"


def test_a_model_that_no_node_has_loaded_is_cold_to_the_selection(fleet: Fleet) -> None:
    for server in fleet.servers:
        server.may_load.clear()
    assert fleet.model.readiness(PROMPT).loaded
    with pytest.raises(ModelUnavailable) as cold:
        answer(fleet.model, replace(PROMPT, waits_for_load=False))
    assert cold.value.code == "loading"
    assert not fleet.model.readiness(PROMPT).loaded
    for server in fleet.servers:
        server.may_load.set()


def test_the_least_busy_node_says_how_busy_a_model_is(fleet: Fleet) -> None:
    fleet.loaded(0, 1, 2)
    admission = fleet.model.admission
    answer(fleet.model)
    assert fleet.model.readiness(PROMPT).load == 0.0
    with ExitStack() as turns:
        for server in fleet.servers:
            turns.enter_context(admission.turn(server.url, "interactive"))
        assert fleet.model.readiness(PROMPT).load == 0.5
        turns.enter_context(admission.turn(fleet.servers[0].url, "interactive"))
        assert fleet.model.readiness(PROMPT).load == 0.5


@dataclass
class Cold(ChatModel):
    """Not loaded before somebody waits for it."""

    name: str = "ollama:cold"
    fails: bool = False
    asked: int = 0

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        self.asked += 1
        if not prompt.waits_for_load:
            raise unavailable("loading", "It is being loaded.")
        yield Fragment("", loading=True)
        if self.fails:
            raise unavailable("timeout", "It is still being loaded.")
        yield Fragment("", loading=False)
        yield Fragment("Here I am.")


def test_the_next_of_a_chain_answers_while_the_first_is_loaded() -> None:
    cold = Cold()
    chain = FallbackChain((member("cold", cold), member("warm", ScriptedChatModel(["At once."]))))
    for _ in range(5):
        assert answer(chain) == "At once."
    assert cold.asked == 5
    assert chain.breakers.found("ollama:cold") == "closed"


def test_where_no_other_answers_the_cold_one_is_waited_for() -> None:
    failing = ScriptedChatModel(["Never."], fails_after=0)
    chain = FallbackChain((member("cold", Cold()), member("b", failing)), patience=Patience(pause=0.0))
    fragments = list(chain.generate(PROMPT))
    assert [fragment.loading for fragment in fragments] == [True, False, None]
    assert text_of(fragments) == "Here I am."
    assert {fragment.model for fragment in fragments} == {"ollama:cold"}


def test_one_that_cannot_be_loaded_fails_the_chain() -> None:
    with pytest.raises(ModelUnavailable) as failed:
        answer(FallbackChain((member("cold", Cold(fails=True)),)))
    assert failed.value.code == "timeout"


class TestHangingNodes:
    """The time for one that hangs is measured by what the others take, and few pay for it."""

    @pytest.fixture
    def fleet(self, fleet: Fleet) -> Fleet:
        fleet.loaded(0, 1, 2)
        return fleet

    def test_one_that_hangs_leaves_time_for_the_next(self, fleet: Fleet) -> None:
        for _ in range(3):
            assert answer(fleet.model) == "You said: Hi"
        fleet.servers[0].expect(*[lambda wire: wire.wait(LONG_SECONDS)] * 9)
        # Alone it would have the whole 60 s of its deadline for a first token.
        assert Deadlines().first_token > 50
        assert answer(fleet.model, replace(PROMPT, seconds=30.0)) == "You said: Hi"

    def test_and_rests_meanwhile(self, fleet: Fleet) -> None:
        answer(fleet.model)
        fleet.servers[0].expect(*[lambda wire: wire.wait(LONG_SECONDS)] * 9)
        for _ in range(5):
            assert answer(fleet.model) == "You said: Hi"
        assert len(fleet.servers[0].requests) == 2

    def test_the_last_one_that_could_answer_has_all_the_time(self, fleet: Fleet) -> None:
        answer(fleet.model)
        for server in fleet.servers[1:]:
            fleet.model.resting.failed(server.url)
        prompts: list[Prompt] = []

        def model_at(address: str) -> ChatModel:
            def reply(prompt: Prompt) -> str:
                prompts.append(prompt)
                return "Yes."

            return ScriptedChatModel(reply)

        answer(replace(fleet.model, model_at=model_at))
        assert [prompt.first_words for prompt in prompts] == [None]
