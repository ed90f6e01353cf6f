"""Calls of models on a creator's account."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from threading import Event

import pytest

from coaching.adapters.llm.scripted import ScriptedChatModel
from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.errors import ModelUnavailable, StaleWrite
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.catalogue import ModelCard
from coaching.models.failures import FailureCode, unavailable
from coaching.models.metering import MOST_PENDING, MeterCalls, MeterIsFull
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from coaching.models.usage import ModelCall, ModelUsage, cost_microdollars, month_of
from coaching.vocabulary import CreatorId, Usage, now

HEARTH = CreatorId("hearth")
PROMPT = Prompt((Message("system", "Be kind."), Message("user", "How do I begin again?")))
CARD = ModelCard("openai", "gpt-4o-mini", 128_000, "fast", Decimal("0.15"), Decimal("0.60"))
DEADLINE_SECONDS = 30.0


@dataclass
class Account:
    """A meter with all that it wrote, emitted and lost."""

    ledger: MemoryUsageLedger
    pool: ThreadPoolExecutor
    emitted: list[ModelCall] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)

    @property
    def meter(self) -> MeterCalls:
        return MeterCalls(self.ledger, (CARD,), self.pool, self.emitted.append, self.lost.append)

    def used(self, model: str) -> ModelUsage:
        found = self.ledger.month(HEARTH, month_of(now())).models.get(model, ModelUsage())
        return replace(found, milliseconds=0)


@pytest.fixture
def account() -> Iterator[Account]:
    with ThreadPoolExecutor(2) as pool:
        yield Account(MemoryUsageLedger(), pool)


@dataclass(frozen=True)
class Answers:
    """A chat model that yields these fragments."""

    fragments: tuple[Fragment, ...]
    name: str = "openai:gpt-4o-mini"

    def generate(self, _: Prompt) -> Iterator[Fragment]:
        yield from self.fragments


def answered(account: Account, model: ChatModel, *, read: int | None = None) -> None:
    """Read the answer, or its first fragments, and wait until it is written down."""
    meter = account.meter
    fragments = meter.metered(model, HEARTH).generate(PROMPT)
    if read is None:
        list(fragments)
    else:
        for _ in range(read):
            next(fragments)
        close = getattr(fragments, "close")  # noqa: B009 - a generator, which the port does not promise
        close()
    meter.settle(DEADLINE_SECONDS)


def test_an_answer_passes_through_as_it_is(account: Account) -> None:
    plain, metered = ScriptedChatModel(["One step. Then another."]), ScriptedChatModel(["One step. Then another."])
    model = account.meter.metered(metered, HEARTH)
    assert list(model.generate(PROMPT)) == list(plain.generate(PROMPT))
    assert model.name == plain.name


def test_tokens_and_money_are_counted_by_the_server_s_figures(account: Account) -> None:
    answered(account, Answers((Fragment("Begin."), Fragment("", Usage(1_000_000, 500_000)))))
    assert account.used(CARD.name) == ModelUsage(1, 0, 1_000_000, 500_000, 450_000)
    [call] = account.emitted
    assert (call.creator_id, call.model, call.estimated) == (HEARTH, CARD.name, False)
    assert call.seconds >= 0


def test_the_model_that_answered_is_the_one_that_is_paid(account: Account) -> None:
    chain = Answers((Fragment("Begin.", model=CARD.name), Fragment("", Usage(10, 10))), name="ollama:llama3:8b")
    answered(account, chain)
    assert account.used(CARD.name).calls == 1
    assert account.used("ollama:llama3:8b").calls == 0


def test_a_model_without_a_card_is_free(account: Account) -> None:
    answered(account, Answers((Fragment("", Usage(10, 10)),), name="llama_cpp:mine"))
    assert account.used("llama_cpp:mine") == ModelUsage(1, 0, 10, 10, 0)


def test_an_answer_that_nobody_finished_reading_is_estimated(account: Account) -> None:
    answered(account, Answers((Fragment("12345678"), Fragment("9"), Fragment("", Usage(1, 1)))), read=2)
    assert account.used(CARD.name) == ModelUsage(1, 1, 8, 3, 3)


def test_a_call_that_breaks_off_is_metered_by_what_is_known(account: Account) -> None:
    with pytest.raises(ModelUnavailable):
        answered(account, ScriptedChatModel(["One two three."], fails_after=2))
    account.pool.shutdown()
    [call] = account.emitted
    assert call.estimated
    assert call.usage.output_tokens > 0


def test_a_call_that_fails_before_its_first_word_costs_nothing(account: Account) -> None:
    with pytest.raises(ModelUnavailable):
        answered(account, ScriptedChatModel(["One."], fails_after=0))
    account.pool.shutdown()
    assert account.emitted == []


def test_an_answer_that_took_no_token_is_no_call(account: Account) -> None:
    answered(account, Answers((Fragment("Kept from before."), Fragment("", Usage()))))
    assert account.emitted == []


@dataclass(frozen=True)
class LostLedger(MemoryUsageLedger):
    def add(self, call: ModelCall) -> None:
        raise StaleWrite("Another call was counted at the same time; try again.")


def test_a_lost_write_does_not_break_the_answer(account: Account) -> None:
    broken = Account(LostLedger(), account.pool)
    answered(broken, Answers((Fragment("Begin."), Fragment("", Usage(1, 1)))))
    assert [type(error) for error in broken.lost] == [StaleWrite]
    assert len(broken.emitted) == 1


@dataclass(frozen=True)
class SlowLedger(MemoryUsageLedger):
    answers: Event = field(default_factory=Event)

    def add(self, call: ModelCall) -> None:
        assert self.answers.wait(DEADLINE_SECONDS)
        super().add(call)


def test_nobody_waits_for_a_ledger_that_hangs(account: Account) -> None:
    ledger = SlowLedger()
    waiting = Account(ledger, account.pool)
    meter = waiting.meter
    model = meter.metered(Answers((Fragment("Begin."), Fragment("", Usage(1, 1)))), HEARTH)
    for _ in range(MOST_PENDING + 1):
        assert [fragment.text for fragment in model.generate(PROMPT)] == ["Begin.", ""]
    assert [type(error) for error in waiting.lost] == [MeterIsFull]
    ledger.answers.set()
    meter.settle(DEADLINE_SECONDS)
    assert waiting.used(CARD.name).calls == MOST_PENDING


def test_a_process_that_ends_loses_the_call_and_not_the_answer(account: Account) -> None:
    account.pool.shutdown()
    answered(account, Answers((Fragment("Begin."), Fragment("", Usage(1, 1)))))
    assert [type(error) for error in account.lost] == [RuntimeError]


def test_an_answer_given_again_is_no_call_costs_nothing_and_is_counted(account: Account) -> None:
    meter = account.meter
    meter.note_reused(HEARTH, CARD.name)
    meter.settle(DEADLINE_SECONDS)
    assert account.used(CARD.name) == ModelUsage(reused_answers=1)
    [call] = account.emitted
    assert (call.reused, call.usage, call.microdollars, call.seconds) == (True, Usage(), 0, 0.0)


KEPT_CARD = replace(CARD, price_cache_read=Decimal("0.015"), price_cache_write=Decimal("0.1875"))


@pytest.mark.parametrize(
    ("card", "usage", "microdollars"),
    [
        (KEPT_CARD, Usage(1_000_000, 0, 600_000), 60_000 + 9_000),
        (KEPT_CARD, Usage(1_000_000, 0, 0, 400_000), 90_000 + 75_000),
        (KEPT_CARD, Usage(1_000_000, 500_000, 600_000, 400_000), 9_000 + 75_000 + 300_000),
        (CARD, Usage(1_000_000, 0, 600_000, 400_000), 150_000),
        (KEPT_CARD, Usage(10, 0, 1_000_000), 15_000),
    ],
)
def test_what_the_provider_kept_has_its_own_price(card: ModelCard, usage: Usage, microdollars: int) -> None:
    """Where none is published it is the full one; a count that contradicts itself makes nothing cheaper than free."""
    assert cost_microdollars(card, usage) == microdollars


def test_money_is_rounded_to_whole_microdollars() -> None:
    assert cost_microdollars(CARD, Usage(1, 0)) == 0
    assert cost_microdollars(CARD, Usage(0, 1)) == 1
    assert cost_microdollars(CARD, Usage(10, 0)) == 2


@dataclass(frozen=True)
class Fails:
    """A chat model that yields these fragments, and fails."""

    code: FailureCode
    fragments: tuple[Fragment, ...] = ()
    name: str = "openai:gpt-4o-mini"

    def generate(self, _: Prompt) -> Iterator[Fragment]:
        yield from self.fragments
        raise unavailable(self.code, "It failed.")


def failed(account: Account, model: Fails) -> ModelUsage:
    with pytest.raises(ModelUnavailable):
        answered(account, model)
    account.pool.shutdown()
    return account.used(CARD.name)


@pytest.mark.parametrize("code", ["timeout", "malformed_answer", "content_refused"])
def test_a_failure_after_the_prompt_was_read_is_charged_for_the_prompt(account: Account, code: FailureCode) -> None:
    used = failed(account, Fails(code))
    assert (used.calls, used.estimated_calls, used.input_tokens, used.output_tokens) == (1, 1, 8, 0)


@pytest.mark.parametrize(
    "code", ["unreachable", "rate_limited", "overloaded", "bad_credentials", "model_missing", "loading", "model_failed"]
)
def test_a_failure_before_that_costs_nothing(account: Account, code: FailureCode) -> None:
    assert failed(account, Fails(code)) == ModelUsage()


def test_what_the_server_counted_before_a_failure_counts(account: Account) -> None:
    fragments = (Fragment("12345678"), Fragment("", Usage(70, 0)))
    used = failed(account, Fails("content_refused", fragments))
    assert (used.estimated_calls, used.input_tokens, used.output_tokens) == (1, 70, 2)


def test_who_leaves_before_the_first_word_has_had_the_prompt_read(account: Account) -> None:
    @dataclass(frozen=True)
    class Silent:
        name: str = "openai:gpt-4o-mini"

        def generate(self, prompt: Prompt) -> Iterator[Fragment]:
            prompt.cancellation.check()
            yield Fragment("Never.")

    prompt = replace(PROMPT, cancellation=Cancellation())
    prompt.cancellation.cancel()
    with pytest.raises(Cancelled):
        list(account.meter.metered(Silent(), HEARTH).generate(prompt))
    account.pool.shutdown()
    assert account.used(CARD.name).input_tokens == 8


def test_who_leaves_while_the_model_is_loaded_has_taken_nothing(account: Account) -> None:
    answered(account, Answers((Fragment("", loading=True), Fragment("Never."))), read=1)
    account.pool.shutdown()
    assert account.emitted == []
