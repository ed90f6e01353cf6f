"""Chains of models that do as they are told, on a clock that is handed in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from coaching.errors import ModelUnavailable, StorageUnavailable
from coaching.models.attempts import Attempt, Member
from coaching.models.breaker import BreakerRule, Breakers
from coaching.models.breaker_states import BreakerState, BreakerStates, Change
from coaching.models.cancelling import Cancellation
from coaching.models.catalogue import ModelCard
from coaching.models.failures import FailureCode, unavailable
from coaching.models.fallback import FallbackChain
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from coaching.vocabulary import Usage

PROMPT = Prompt((Message("user", "A private matter"),))
RULE = BreakerRule(window=300, failures=2, rate=0.5, pause=20, longest_pause=100, locked_out_pause=900)
FOR_EVER = 1e9
_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Fails:
    code: FailureCode
    retry_after: float | None = None


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, cancellation: Cancellation, seconds: float) -> None:
        cancellation.check()
        self.now += seconds


class NoStates(BreakerStates):
    """A store that is throttled."""

    def get(self, name: str) -> BreakerState:
        raise StorageUnavailable("The table is busy: try again.")

    def change(self, name: str, change: Change) -> BreakerState:
        raise StorageUnavailable("The table is busy: try again.")


@dataclass
class ToldModel(ChatModel):
    """Takes the next of `answers` for each prompt, the last one again and again, and keeps to `Prompt.seconds`.

    An answer's steps are words to say, seconds that pass before the next step, and a failure.
    """

    clock: Clock
    answers: Sequence[Sequence[str | float | Fails]]
    name: str = "told:model"
    prompts: list[Prompt] = field(default_factory=list)
    running: int = 0

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        self.prompts.append(prompt)
        self.running += 1
        try:
            yield from self._answer(self.clock.now + (prompt.seconds or FOR_EVER))
        finally:
            self.running -= 1

    def _answer(self, end: float) -> Iterator[Fragment]:
        for step in self.answers[min(len(self.prompts), len(self.answers)) - 1]:
            match step:
                case str():
                    yield Fragment(step)
                case Fails(code, retry_after):
                    raise unavailable(code, f"It failed: {code}.", retry_after_seconds=retry_after)
                case seconds:
                    self.clock.now = min(self.clock.now + seconds, end)
                    if self.clock.now == end:
                        raise unavailable("timeout", "It took too long.")
        yield Fragment("", Usage(3, 4), "stop")


@dataclass
class Chained:
    """A chain of told models, named `ollama:a`, `ollama:b` and so on, and what it told about each generation."""

    clock: Clock
    models: list[ToldModel]
    chain: FallbackChain
    attempts: list[tuple[Attempt, ...]]

    def codes(self) -> dict[str, str]:
        """Return what came of each member in the last generation."""
        return {attempt.model: attempt.code for attempt in self.attempts[-1]}


def chained(
    *answers: Sequence[Sequence[str | float | Fails]],
    patience: Patience = _PATIENCE,
    draw: Callable[[float, float], float] = lambda least, most: most,
) -> Chained:
    """Return a chain whose members take their answers in turn, one sequence of answers a member."""
    clock = Clock()
    models = [ToldModel(clock, each) for each in answers]
    attempts: list[tuple[Attempt, ...]] = []
    chain = FallbackChain(
        tuple(member("abcdef"[place], model) for place, model in enumerate(models)),
        Breakers(rule=RULE, clock=clock, draw=draw),
        patience,
        told=attempts.append,
        sleep=clock.sleep,
        draw=draw,
    )
    return Chained(clock, models, chain, attempts)


def member(name: str, model: ChatModel) -> Member:
    return Member(ModelCard("ollama", name, 4096, "medium"), model)


def said(chain: FallbackChain, prompt: Prompt = PROMPT) -> tuple[str, str]:
    """Return the whole answer and who gave it."""
    fragments = list(chain.generate(prompt))
    (who,) = {fragment.model for fragment in fragments if not fragment.chosen}
    return "".join(fragment.text for fragment in fragments), who


def failure(chain: FallbackChain, prompt: Prompt = PROMPT, *, heard: str = "") -> ModelUnavailable:
    """Check that the chain fails after `heard`, and return how."""
    texts: list[str] = []
    with pytest.raises(ModelUnavailable) as failed:
        texts.extend(fragment.text for fragment in chain.generate(prompt))
    assert "".join(texts) == heard
    assert "private" not in failed.value.message
    return failed.value
