from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Room
from coaching.models.balancing import BalancedChatModel, Nodes, in_order
from coaching.models.failures import FailureCode, unavailable
from coaching.models.node_states import RestingNodes
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from tests.adapters.llm.chat_model_contract import ChatModelContract, StillGenerating, text_of

THREE = ("http://10.0.0.1:11434", "http://10.0.0.2:11434", "http://10.0.0.3:11434")


@dataclass(frozen=True)
class FixedNodes(Nodes):
    known: tuple[str, ...] = THREE

    def addresses(self) -> tuple[str, ...]:
        return self.known


@dataclass(frozen=True)
class Refusing(ChatModel):
    failure: ModelUnavailable | None
    name: str = "scripted:refusing"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        if self.failure:
            raise self.failure
        yield Fragment("")


@dataclass
class Fleet:
    """The nodes' models by address: each answers with its own address unless it was told otherwise."""

    told: dict[str, ChatModel] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)

    def model_at(self, address: str) -> ChatModel:
        def reply(prompt: Prompt) -> str:
            self.prompts.append(prompt)
            return f"It was {address}"

        self.asked.append(address)
        return self.told.get(address) or ScriptedChatModel(reply)

    def fails(self, address: str, code: FailureCode, retry_after_seconds: float | None = None) -> None:
        self.told[address] = Refusing(unavailable(code, "It fails.", retry_after_seconds=retry_after_seconds))


def balanced(fleet: Fleet, *, nodes: Nodes | None = None, room: Room | None = None, whole: bool = False) -> ChatModel:
    return BalancedChatModel(
        "ollama:llama3:8b", nodes or FixedNodes(), fleet.model_at, Admission(room or Room()), whole=whole
    )


def asking(affinity: str = "conversation", seconds: float | None = None) -> Prompt:
    return Prompt((Message("user", "Why?"),), affinity=affinity, seconds=seconds)


def answer(model: ChatModel, prompt: Prompt | None = None) -> str:
    return text_of(list(model.generate(prompt or asking())))


class TestBalancedChatModel(ChatModelContract):
    @pytest.fixture
    def node(self) -> ScriptedChatModel:
        return ScriptedChatModel(lambda prompt: f"You said: {prompt.messages[-1].text}", context_tokens=1024)

    @pytest.fixture
    def model(self, node: ScriptedChatModel) -> ChatModel:
        return BalancedChatModel("ollama:llama3:8b", FixedNodes(), lambda _: node, Admission())

    @pytest.fixture
    def still_generating(self, node: ScriptedChatModel) -> StillGenerating:
        return lambda: node.running > 0


def test_a_conversation_always_begins_at_the_same_node_however_they_are_listed() -> None:
    orders = {tuple(in_order(nodes, "conversation")) for nodes in (THREE, THREE[::-1], THREE + THREE)}
    assert len(orders) == 1


def test_conversations_are_spread_evenly() -> None:
    first = Counter(in_order(THREE, f"conversation {number}")[0] for number in range(3_000))
    assert all(900 < count < 1_100 for count in first.values())


def test_only_the_conversations_of_a_node_that_goes_move_and_they_are_spread_over_the_others() -> None:
    moved: Counter[str] = Counter()
    for number in range(3_000):
        before, after = in_order(THREE, str(number))[0], in_order(THREE[1:], str(number))[0]
        if before == THREE[0]:
            moved[after] += 1
        else:
            assert after == before
    assert all(400 < count < 600 for count in moved.values())


def test_prompts_that_belong_to_nobody_are_spread() -> None:
    fleet = Fleet()
    model = balanced(fleet)
    for _ in range(60):
        answer(model, asking(affinity=""))
    assert set(fleet.asked) == set(THREE)


@pytest.mark.parametrize("code", ["unreachable", "timeout", "model_failed", "model_missing", "malformed_answer"])
def test_a_node_that_fails_is_passed_over_and_rests(code: FailureCode) -> None:
    fleet = Fleet()
    first, second, _ = in_order(THREE, "conversation")
    fleet.fails(first, code)
    model = balanced(fleet)
    assert answer(model) == answer(model) == f"It was {second}"
    assert fleet.asked == [first, second, second]


def test_a_node_that_rested_is_the_first_again() -> None:
    now = 0.0
    resting = RestingNodes(10.0, clock=lambda: now)
    resting.failed("a")
    assert resting.last(["a", "b"]) == ["b", "a"]
    now = 11.0
    assert resting.last(["a", "b"]) == ["a", "b"]
    resting.failed("a")
    resting.answered("a")
    assert resting.last(["a", "b"]) == ["a", "b"]


def test_a_node_with_a_full_queue_is_passed_over_but_does_not_rest() -> None:
    fleet = Fleet()
    first, second, _ = in_order(THREE, "conversation")
    fleet.fails(first, "overloaded")
    model = balanced(fleet)
    assert answer(model) == answer(model) == f"It was {second}"
    assert fleet.asked == [first, second, first, second]


@pytest.mark.parametrize("code", ["context_exceeded", "content_refused", "request_refused"])
def test_what_no_node_would_answer_is_asked_of_one(code: FailureCode) -> None:
    fleet = Fleet()
    fleet.fails(in_order(THREE, "conversation")[0], code)
    with pytest.raises(ModelUnavailable) as refused:
        answer(balanced(fleet))
    assert refused.value.code == code
    assert len(fleet.asked) == 1


def test_when_all_fail_the_last_says_why() -> None:
    fleet = Fleet()
    for address in THREE:
        fleet.fails(address, "unreachable")
    with pytest.raises(ModelUnavailable) as failed:
        answer(balanced(fleet))
    assert failed.value.code == "unreachable"
    assert sorted(fleet.asked) == sorted(THREE)


def test_when_one_was_only_full_the_soonest_time_to_come_again_is_told() -> None:
    fleet = Fleet()
    for address, seconds in zip(in_order(THREE, "conversation"), (9.0, 4.0), strict=False):
        fleet.fails(address, "overloaded", seconds)
    fleet.fails(in_order(THREE, "conversation")[2], "unreachable")
    with pytest.raises(ModelUnavailable) as full:
        answer(balanced(fleet))
    assert full.value.code == "overloaded"
    assert full.value.retry_after_seconds == 4


def test_without_a_node_nothing_answers() -> None:
    with pytest.raises(ModelUnavailable, match="No node") as failed:
        answer(balanced(Fleet(), nodes=FixedNodes(())))
    assert failed.value.code == "unreachable"


def test_an_answer_that_has_begun_never_moves_to_another_node() -> None:
    fleet = Fleet()
    first = in_order(THREE, "conversation")[0]
    fleet.told[first] = ScriptedChatModel(["One two three"], fails_after=2)
    pieces = balanced(fleet).generate(asking())
    assert [next(pieces).text, next(pieces).text] == ["One", " two"]
    with pytest.raises(ModelUnavailable) as lost:
        next(pieces)
    assert lost.value.code == "node_lost"
    assert fleet.asked == [first]


def test_an_answer_that_is_held_back_until_it_is_whole_moves() -> None:
    fleet = Fleet()
    first, second, _ = in_order(THREE, "conversation")
    fleet.told[first] = ScriptedChatModel(["One two three"], fails_after=2)
    assert answer(balanced(fleet, whole=True)) == f"It was {second}"


def test_a_full_line_sends_the_next_request_to_the_next_node() -> None:
    fleet = Fleet()
    first, second, third = in_order(THREE, "conversation")
    model = balanced(fleet, room=Room(at_once=1, waiting=0))
    answers = [model.generate(asking()) for _ in range(3)]
    for running in answers:
        next(running)
    assert fleet.asked == [first, second, third]
    with pytest.raises(ModelUnavailable) as full:
        answer(model)
    assert full.value.code == "overloaded"
    assert [text_of(list(running)) for running in answers] == [f" was {address}" for address in fleet.asked]
    assert answer(model) == f"It was {first}"


def test_a_closed_answer_gives_its_turn_back() -> None:
    model = balanced(Fleet(), nodes=FixedNodes(THREE[:1]), room=Room(at_once=1, waiting=0))
    abandoned = model.generate(asking())
    next(abandoned)
    abandoned.close()  # type: ignore[attr-defined]
    assert answer(model) == f"It was {THREE[0]}"


def test_waiting_counts_towards_the_seconds_of_the_question() -> None:
    fleet = Fleet()
    answer(balanced(fleet), asking(seconds=50.0))
    answer(balanced(fleet), asking())
    assert fleet.prompts[0].seconds is not None
    assert 0 < fleet.prompts[0].seconds <= 50.0
    assert fleet.prompts[1].seconds is None


def test_a_question_whose_time_is_over_is_asked_nowhere() -> None:
    fleet = Fleet()
    with pytest.raises(ModelUnavailable) as late:
        answer(balanced(fleet), asking(seconds=0.0))
    assert late.value.code == "timeout"
    assert fleet.asked == []


def test_background_work_leaves_room_at_the_same_nodes() -> None:
    fleet, admission, nodes = Fleet(), Admission(Room(at_once=2, waiting=0)), FixedNodes(THREE[:1])
    make: Callable[..., ChatModel] = BalancedChatModel
    nudges = make("ollama:llama3:8b", nodes, fleet.model_at, admission, urgency="background")
    replies = make("ollama:llama3:8b", nodes, fleet.model_at, admission)
    running = nudges.generate(asking())
    next(running)
    with pytest.raises(ModelUnavailable):
        answer(nudges)
    assert answer(replies) == f"It was {THREE[0]}"
    assert text_of(list(running))
