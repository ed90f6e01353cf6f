"""The model that was switched to is asked first, wherever it is fit, and for the whole of a request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.models.attempts import Attempt, Member
from coaching.models.catalogue import SCHEMA, ModelCard, Quality
from coaching.models.choosing import ChooseModels
from coaching.models.fallback import FallbackChain
from coaching.models.fitting import fit
from coaching.models.metering import MeterCalls
from coaching.models.ports import ChatModel, Message, Prompt
from coaching.vocabulary import CreatorId

PROMPT = Prompt((Message("user", "How do I begin again?"),))
CARDS = (
    ModelCard("ollama", "first", 4_096, "medium", features=SCHEMA),
    ModelCard("openai", "second", 100_000, "fast", Decimal(1), Decimal(1)),
    ModelCard("anthropic", "third", 200_000, "high", Decimal(3), Decimal(15), SCHEMA),
)
FIRST, SECOND, THIRD = (card.name for card in CARDS)


class Stage:
    """Three models that give their names, and the one that is current."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.current = ""
        self.tier: Quality = "high"
        self.attempts: list[tuple[Attempt, ...]] = []
        self.models = {card.name: ScriptedChatModel([card.name], name=card.name) for card in CARDS}
        members = tuple(Member(card, self.models[card.name]) for card in CARDS)
        meter = MeterCalls(MemoryUsageLedger(), CARDS, pool, lambda call: None, lambda error: None)
        self.choose = ChooseModels(
            FallbackChain(members, fit=fit, told=self.attempts.append),
            meter,
            lambda creator_id, settings: self.tier,
            lambda: self.current,
        )

    def model(self) -> ChatModel:
        return self.choose(CreatorId("hearth"), {})


def said(model: ChatModel, prompt: Prompt = PROMPT) -> str:
    return "".join(fragment.text for fragment in model.generate(prompt))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with ThreadPoolExecutor(1) as pool:
        yield Stage(pool)


def test_without_a_switch_the_order_is_the_settings(stage: Stage) -> None:
    assert said(stage.model()) == FIRST


@pytest.mark.parametrize("current", [FIRST, SECOND, THIRD])
def test_the_current_model_is_asked_first(stage: Stage, current: str) -> None:
    stage.current = current
    assert said(stage.model()) == current


def test_a_model_that_the_stage_lost_changes_nothing(stage: Stage) -> None:
    stage.current = "ollama:gone"
    assert said(stage.model()) == FIRST


def test_the_others_follow_in_their_order(stage: Stage) -> None:
    stage.current = THIRD
    broken = ScriptedChatModel([""], fails_after=0, name=THIRD)
    stage.models[THIRD].generate = broken.generate  # type: ignore[method-assign]
    assert said(stage.model()) == FIRST
    assert [attempt.model for attempt in stage.attempts[-1]] == [THIRD, FIRST]


def test_while_its_breaker_is_open_it_is_passed_over_and_that_is_said(stage: Stage) -> None:
    stage.current = SECOND
    broken = ScriptedChatModel([""], fails_after=0, name=SECOND)
    stage.models[SECOND].generate = broken.generate  # type: ignore[method-assign]
    for _ in range(3):
        assert said(stage.model()) == FIRST
    assert [(attempt.model, attempt.code) for attempt in stage.attempts[-1]] == [(SECOND, "open"), (FIRST, "answered")]


def test_a_request_keeps_the_order_with_which_it_began(stage: Stage) -> None:
    begun = stage.model()
    stage.current = THIRD
    assert said(begun) == said(begun) == FIRST
    assert said(stage.model()) == THIRD


def test_a_current_model_that_is_not_fit_is_left_out(stage: Stage) -> None:
    stage.current = THIRD
    stage.tier = "medium"
    assert said(stage.model()) == FIRST
    stage.current = SECOND
    assert said(stage.model(), Prompt(PROMPT.messages, schema={"type": "object"})) == FIRST
