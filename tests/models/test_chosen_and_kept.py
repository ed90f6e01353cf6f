"""Answers given again in front of a whole chain: whose they are, what they cost, and who is asked."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.models.attempts import Member
from coaching.models.breaker import Breakers
from coaching.models.cache import ReuseAnswers
from coaching.models.catalogue import ModelCard, Quality
from coaching.models.choosing import ChooseModels
from coaching.models.failures import unavailable
from coaching.models.fallback import FallbackChain
from coaching.models.fitting import fit
from coaching.models.flights import Flights
from coaching.models.kept_answers import InstanceKeptAnswers
from coaching.models.metering import MeterCalls
from coaching.models.ports import ChatModel, Fragment, Message, Prompt, Reuse
from coaching.models.usage import ModelCall, ModelUsage, month_of
from coaching.vocabulary import CreatorId, Usage, UserId, now

HEARTH, OTHER = CreatorId("hearth"), CreatorId("hearth-2")
DEADLINE = 60.0
DEAR = ModelCard("anthropic", "dear", 200_000, "high", Decimal(3), Decimal(15))
CHEAP = ModelCard("openai", "cheap", 100_000, "fast", Decimal(1), Decimal(1))


class Answers(ChatModel):
    """Says its name, of one word, and counts its calls; or fails."""

    def __init__(self, card: ModelCard) -> None:
        self._name = card.name
        self.calls = 0
        self.fails = False
        self.gate: threading.Event | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        with self._lock:
            self.calls += 1
        if self.fails:
            raise unavailable("model_failed", "It failed.")
        yield Fragment("I am ")
        if self.gate:
            with prompt.cancellation.waking(self.gate.set):
                assert self.gate.wait(DEADLINE)
        yield Fragment(self.name)
        yield Fragment("", Usage(1_000_000, 1_000_000), "stop")


class Instance:
    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.tier: Quality = "high"
        self.clock = 1_000.0
        self.dear, self.cheap = Answers(DEAR), Answers(CHEAP)
        self.emitted: list[ModelCall] = []
        self.ledger = MemoryUsageLedger()
        self.meter = MeterCalls(self.ledger, (DEAR, CHEAP), pool, self.emitted.append, lambda error: None)
        members = (Member(DEAR, self.dear), Member(CHEAP, self.cheap))
        self.breakers = Breakers(clock=lambda: self.clock)
        self.chain = FallbackChain(members, self.breakers, fit=fit, sleep=lambda _, seconds: None)
        self.reuse = ReuseAnswers(InstanceKeptAnswers(), Flights(pool))

    def model(self, creator_id: CreatorId = HEARTH) -> ChatModel:
        tier = self.tier
        choose = ChooseModels(self.chain, self.meter, lambda *_: tier, reuse=self.reuse)
        return choose(creator_id, {})

    def said(self, creator_id: CreatorId = HEARTH, user_id: str = "ada", **more: str) -> str:
        prompt = asking(creator_id, user_id, **more)
        return "".join(fragment.text for fragment in self.model(creator_id).generate(prompt))

    def used(self, card: ModelCard, creator_id: CreatorId = HEARTH) -> ModelUsage:
        self.meter.settle(DEADLINE)
        found = self.ledger.month(creator_id, month_of(now())).models.get(card.name, ModelUsage())
        return replace(found, milliseconds=0)


def asking(creator_id: CreatorId = HEARTH, user_id: str = "ada", text: str = "How do I begin?") -> Prompt:
    return Prompt((Message("user", text),), reuse=Reuse(creator_id, UserId(user_id), "index-1", "prompt-1"))


@pytest.fixture
def instance() -> Iterator[Instance]:
    with ThreadPoolExecutor(64) as pool:
        yield Instance(pool)


def test_the_second_time_costs_nothing_and_is_counted(instance: Instance) -> None:
    assert {instance.said() for _ in range(3)} == {"I am anthropic:dear"}
    assert instance.dear.calls == 1
    assert instance.used(DEAR) == ModelUsage(1, 0, 1_000_000, 1_000_000, 18_000_000, reused_answers=2)
    assert sorted(call.reused for call in instance.emitted) == [False, True, True]


def test_each_creator_pays_for_their_own(instance: Instance) -> None:
    instance.said(HEARTH)
    instance.said(OTHER)
    assert instance.dear.calls == 2
    assert instance.used(DEAR, OTHER) == ModelUsage(1, 0, 1_000_000, 1_000_000, 18_000_000)


def test_a_tighter_budget_asks_its_own_model(instance: Instance) -> None:
    instance.said()
    instance.tier = "fast"
    assert instance.said() == "I am openai:cheap"
    assert instance.said() == "I am openai:cheap"
    instance.tier = "high"
    assert instance.said() == "I am anthropic:dear"
    assert (instance.dear.calls, instance.cheap.calls) == (1, 1)


def test_while_the_first_is_left_alone_the_second_s_answer_is_given_again(instance: Instance) -> None:
    instance.dear.fails = True
    while instance.breakers.found(DEAR.name) == "closed":
        assert instance.said(text="Something else, to open its breaker") == "I am openai:cheap"
    before = instance.dear.calls, instance.cheap.calls
    assert {instance.said() for _ in range(3)} == {"I am openai:cheap"}
    assert (instance.dear.calls, instance.cheap.calls) == (before[0], before[1] + 1)


def test_an_answer_given_again_says_nothing_of_a_model_s_health(instance: Instance) -> None:
    instance.said()
    instance.dear.fails = True
    while instance.breakers.found(DEAR.name) == "closed":
        instance.said(text="Something else, to open its breaker")
    instance.clock += 10_000
    assert instance.breakers.found(DEAR.name) == "probe"
    assert instance.said() == "I am anthropic:dear"
    assert instance.breakers.found(DEAR.name) == "probe"


def test_many_at_once_are_one_call_on_the_account(instance: Instance) -> None:
    instance.dear.gate = threading.Event()
    begun = threading.Barrier(21, timeout=DEADLINE)

    def read(_: int) -> str:
        answer = instance.model().generate(asking())
        fragments = [next(answer)]
        begun.wait()
        return "".join(fragment.text for fragment in [*fragments, *answer])

    with ThreadPoolExecutor(20) as pool:
        reading = [pool.submit(read, number) for number in range(20)]
        begun.wait()
        instance.dear.gate.set()
        assert {each.result(DEADLINE) for each in reading} == {"I am anthropic:dear"}
    assert instance.dear.calls == 1
    assert instance.used(DEAR) == ModelUsage(1, 0, 1_000_000, 1_000_000, 18_000_000, reused_answers=19)


def test_a_leader_that_leaves_makes_the_call_no_cheaper_and_no_dearer(instance: Instance) -> None:
    instance.dear.gate = threading.Event()
    leader, follower = instance.model().generate(asking()), instance.model().generate(asking())
    for reader in (leader, follower):
        assert next(fragment.text for fragment in reader if fragment.text) == "I am "
    close = getattr(leader, "close")  # noqa: B009 - a generator, which the port does not promise
    close()
    instance.dear.gate.set()
    list(follower)
    assert instance.used(DEAR) == ModelUsage(1, 0, 1_000_000, 1_000_000, 18_000_000, reused_answers=1)


def test_who_would_be_asked_first_is_who_is_asked_first(instance: Instance) -> None:
    assert instance.chain.first(asking()) == DEAR.name
    instance.dear.fails = True
    while instance.breakers.found(DEAR.name) == "closed":
        instance.said(text="Something else, to open its breaker")
    assert instance.chain.first(asking()) == CHEAP.name
