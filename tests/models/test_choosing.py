"""What one creator's replies are worded by: within the budget, in the best order, on the creator's account."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.errors import ModelUnavailable
from coaching.models.attempts import Member
from coaching.models.catalogue import SCHEMA, ModelCard, Quality
from coaching.models.choosing import ChooseModels
from coaching.models.counting import most_tokens
from coaching.models.fallback import FallbackChain
from coaching.models.fitting import fit
from coaching.models.metering import MeterCalls
from coaching.models.ports import Message, Prompt, Readiness
from coaching.models.purpose import Purpose
from coaching.models.usage import month_of
from coaching.vocabulary import CreatorId, now

HEARTH = CreatorId("hearth")
PROMPT = Prompt((Message("user", "How do I begin again?"),))
DEAR = ModelCard("anthropic", "dear", 200_000, "high", Decimal(3), Decimal(15), SCHEMA)
CHEAP = ModelCard("openai", "cheap", 100_000, "fast", Decimal(1), Decimal(1))


class Choosing:
    """Two models that have a price, and a budget that a test sets."""

    def __init__(self, pool: ThreadPoolExecutor, *, fails_after: int | None = None) -> None:
        self.tier: Quality = "high"
        self.dear = ScriptedChatModel(["Dear words."], fails_after=fails_after, name=DEAR.name)
        self.cheap = ScriptedChatModel(["Cheap words."], name=CHEAP.name)
        self.ledger = MemoryUsageLedger()
        self.meter = MeterCalls(self.ledger, (DEAR, CHEAP), pool, lambda call: None, lambda error: None)
        self.chain = FallbackChain((Member(DEAR, self.dear), Member(CHEAP, self.cheap)), fit=fit)

    def choose(self) -> ChooseModels:
        return ChooseModels(self.chain, self.meter, lambda creator_id, settings: self.tier)

    def said(self, prompt: Prompt = PROMPT) -> str:
        return "".join(fragment.text for fragment in self.choose()(HEARTH, {}).generate(prompt))


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def test_the_best_is_asked_while_the_budget_lasts(pool: ThreadPoolExecutor) -> None:
    assert Choosing(pool).said() == "Dear words."


def test_a_tight_budget_asks_a_cheaper_one(pool: ThreadPoolExecutor) -> None:
    choosing = Choosing(pool)
    choosing.tier = "medium"
    assert choosing.said() == "Cheap words."
    assert not choosing.dear.prompts


def test_a_budget_that_permits_none_is_said_to_be_spent(pool: ThreadPoolExecutor) -> None:
    choosing = Choosing(pool)
    choosing.tier = "fast"
    choosing.chain = FallbackChain((Member(DEAR, choosing.dear),))
    with pytest.raises(ModelUnavailable) as refusal:
        choosing.said()
    assert refusal.value.code == "budget_spent"
    assert not choosing.dear.prompts


def test_the_record_says_why_a_model_was_chosen(pool: ThreadPoolExecutor) -> None:
    first, *_ = Choosing(pool).choose()(HEARTH, {}).generate(replace(PROMPT, purpose=Purpose(difficulty="hard")))
    assert first.chosen.startswith("anthropic:dear (high, healthy, loaded, load 0.00) for hard reply, interactive, ")
    assert "begin" not in first.chosen


@pytest.mark.parametrize("ready", [Readiness(loaded=False), Readiness(load=0.9)])
def test_one_that_could_not_begin_at_once_comes_after_the_others(pool: ThreadPoolExecutor, ready: Readiness) -> None:
    choosing = Choosing(pool)
    choosing.chain = FallbackChain(
        (Member(DEAR, choosing.dear, lambda _: ready), Member(CHEAP, choosing.cheap)), fit=fit
    )
    assert choosing.said() == "Cheap words."
    assert choosing.said(replace(PROMPT, purpose=Purpose(latency="background"))) == "Dear words."


def test_the_text_of_a_prompt_is_counted_once(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def counting(text: str) -> int:
        counted.append(text)
        return most_tokens(text)

    monkeypatch.setattr("coaching.models.fallback.most_tokens", counting)
    choosing = Choosing(pool, fails_after=0)
    long = "How do I begin again? " * 1_600
    assert choosing.said(Prompt((Message("user", long),))) == "Cheap words."
    assert counted == [long]


def test_who_answered_is_on_the_creators_account(pool: ThreadPoolExecutor) -> None:
    choosing = Choosing(pool, fails_after=0)
    assert choosing.said() == "Cheap words."
    choosing.meter.settle(30)
    assert set(choosing.ledger.month(HEARTH, month_of(now())).models) == {CHEAP.name}


def test_a_schema_asks_only_those_that_keep_to_one(pool: ThreadPoolExecutor) -> None:
    choosing = Choosing(pool)
    wanted = Prompt(PROMPT.messages, schema={"type": "object"})
    assert choosing.said(wanted) == "Dear words."
    choosing.tier = "medium"
    with pytest.raises(ModelUnavailable, match="json_schema") as refusal:
        choosing.said(wanted)
    assert refusal.value.code == "request_refused"
