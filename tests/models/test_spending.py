"""What was spent, as it is remembered for a while."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coaching.adapters.memory.usage import MemoryUsageLedger
from coaching.errors import StorageUnavailable
from coaching.models.spending import FRESH_SECONDS, SeeUsage, Spending
from coaching.models.usage import ModelCall, MonthlyUsage, month_of
from coaching.vocabulary import CreatorId, Usage, new_ulid, now

HEARTH = CreatorId("hearth")
TEN_DOLLARS = {"monthly_budget_usd": 10}


@dataclass(frozen=True)
class CountedReads(MemoryUsageLedger):
    """A ledger that notes when it is read, and can be away."""

    reads: list[str] = field(default_factory=list)
    away: list[bool] = field(default_factory=list)

    def month(self, creator_id: CreatorId, month: str) -> MonthlyUsage:
        self.reads.append(month)
        if self.away:
            raise StorageUnavailable("The storage did not answer; try again shortly.")
        return super().month(creator_id, month)


@dataclass
class Hands:
    """A clock that a test sets."""

    seconds: float = 0.0
    date: datetime = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def ledger() -> CountedReads:
    return CountedReads()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def spending(ledger: CountedReads, hands: Hands) -> Spending:
    return Spending(ledger, lambda: hands.seconds, lambda: hands.date)


def spend(ledger: CountedReads, dollars: float, at: datetime) -> None:
    ledger.add(ModelCall(new_ulid(), HEARTH, "openai:m", at, Usage(1, 1), round(dollars * 1_000_000), 1.0))


def test_without_a_budget_nothing_is_read(spending: Spending, ledger: CountedReads) -> None:
    assert spending(HEARTH, {}) == "high"
    assert ledger.reads == []


def test_what_was_read_is_believed_for_a_while(spending: Spending, ledger: CountedReads, hands: Hands) -> None:
    assert spending(HEARTH, TEN_DOLLARS) == "high"
    spend(ledger, 8, hands.date)
    assert spending(HEARTH, TEN_DOLLARS) == "high"
    hands.seconds += FRESH_SECONDS
    assert spending(HEARTH, TEN_DOLLARS) == "medium"
    assert len(ledger.reads) == 2


def test_a_new_month_begins_with_nothing_spent(spending: Spending, ledger: CountedReads, hands: Hands) -> None:
    spend(ledger, 10, hands.date)
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    hands.date = datetime(2026, 12, 1, tzinfo=UTC)
    assert spending(HEARTH, TEN_DOLLARS) == "high"


def test_creators_are_kept_apart(spending: Spending, ledger: CountedReads, hands: Hands) -> None:
    spend(ledger, 10, hands.date)
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    assert spending(CreatorId("anvil"), TEN_DOLLARS) == "high"


def test_a_raised_budget_counts_at_once(spending: Spending, ledger: CountedReads, hands: Hands) -> None:
    spend(ledger, 10, hands.date)
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    assert spending(HEARTH, {"monthly_budget_usd": 100}) == "high"


def test_while_the_ledger_is_away_what_was_read_last_counts(
    spending: Spending, ledger: CountedReads, hands: Hands
) -> None:
    spend(ledger, 10, hands.date)
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    ledger.away.append(True)
    hands.seconds += FRESH_SECONDS
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    assert spending(CreatorId("anvil"), TEN_DOLLARS) == "high"
    reads = len(ledger.reads)
    assert spending(HEARTH, TEN_DOLLARS) == "fast"
    assert len(ledger.reads) == reads


def test_a_month_is_shown_with_its_budget(ledger: CountedReads) -> None:
    spend(ledger, 9, now())
    found = SeeUsage(ledger, lambda _: TEN_DOLLARS)(HEARTH)
    assert found.usage.month == month_of(now())
    assert (found.budget.share, found.budget.tier) == (Decimal("0.9"), "medium")
    assert SeeUsage(ledger, lambda _: {})(HEARTH, "2026-01").budget.tier == "high"
