"""What a creator spent this month, and what that permits."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from coaching.errors import Unavailable
from coaching.models.budget import Budget, monthly_limit
from coaching.models.catalogue import Quality
from coaching.models.usage import MonthlyUsage, UsageLedger, month_of
from coaching.vocabulary import CreatorId, Scalar, now

FRESH_SECONDS = 30.0
"""How long one instance believes what it read: so much may be spent above a limit."""
MOST_REMEMBERED = 1_000
"""Creators."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The tier that a creator's budget permits now. What was read is remembered for `FRESH_SECONDS`.

    While the ledger does not answer, what was read last counts; where nothing was, any tier is permitted: a user is
    not answered worse because a counter cannot be read.
    """

    ledger: UsageLedger
    clock: Callable[[], float] = time.monotonic
    today: Callable[[], datetime] = now
    remembered: dict[tuple[CreatorId, str], tuple[float, Decimal]] = field(default_factory=dict)

    def __call__(self, creator_id: CreatorId, settings: Mapping[str, Scalar]) -> Quality:
        """`settings` are the creator's."""
        limit = monthly_limit(settings)
        return "high" if limit is None else Budget(limit, self._spent(creator_id)).tier

    def _spent(self, creator_id: CreatorId) -> Decimal:
        month, moment = month_of(self.today()), self.clock()
        read_at, spent = self.remembered.get((creator_id, month), (-FRESH_SECONDS, Decimal(0)))
        if moment - read_at < FRESH_SECONDS:
            return spent
        # One that hangs is asked again only after a while, so that it does not slow every reply down.
        with suppress(Unavailable):
            spent = self.ledger.month(creator_id, month).cost_usd
        if len(self.remembered) >= MOST_REMEMBERED:
            self.remembered.clear()
        self.remembered[creator_id, month] = moment, spent
        return spent


@dataclass(frozen=True, slots=True)
class CreatorUsage:
    """A month and the budget it is to be held against."""

    usage: MonthlyUsage
    budget: Budget


@dataclass(frozen=True, slots=True)
class SeeUsage:
    """Returns what a creator's models took in a month. `settings_of` returns the creator's settings."""

    ledger: UsageLedger
    settings_of: Callable[[CreatorId], Mapping[str, Scalar]]

    def __call__(self, creator_id: CreatorId, month: str | None = None) -> CreatorUsage:
        """`month` is such as `2026-11`; without it, the present one."""
        usage = self.ledger.month(creator_id, month or month_of(now()))
        return CreatorUsage(usage, Budget(monthly_limit(self.settings_of(creator_id)), usage.cost_usd))
