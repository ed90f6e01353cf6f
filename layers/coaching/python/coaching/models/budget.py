"""How good a model a creator's budget permits. The safety path does not ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from coaching.models.catalogue import ModelCard, Quality
from coaching.vocabulary import Scalar

BUDGET_SETTING: Final = "monthly_budget_usd"
"""A creator's setting: US dollars a month. Absent, there is no limit."""
TIGHT: Final = Decimal("0.8")
"""Of the budget; from here on the best models are too dear."""
_ORDER: Final[tuple[Quality, ...]] = ("fast", "medium", "high")


@dataclass(frozen=True, slots=True)
class Budget:
    """A month's budget and what was spent of it, in US dollars; `limit_usd` None is without limit."""

    limit_usd: Decimal | None
    spent_usd: Decimal = Decimal(0)

    @property
    def share(self) -> Decimal | None:
        """Spent over limit; None without a limit. A limit of 0 is used up from the start."""
        if self.limit_usd is None:
            return None
        return self.spent_usd / self.limit_usd if self.limit_usd > 0 else Decimal(1)

    @property
    def tier(self) -> Quality:
        """The best quality that may be asked: any below 80 %, `medium` from there, `fast` from 100 %."""
        share = self.share
        if share is None or share < TIGHT:
            return "high"
        return "medium" if share < 1 else "fast"


def permits(tier: Quality, card: ModelCard) -> bool:
    """Return whether the model may be asked; one that costs nothing always may."""
    free = card.price_in == card.price_out == 0
    return free or _ORDER.index(card.quality) <= _ORDER.index(tier)


def monthly_limit(settings: Mapping[str, Scalar]) -> Decimal | None:
    """Return the limit in a creator's settings, in US dollars; None without one."""
    value = settings.get(BUDGET_SETTING)
    if value is None or isinstance(value, bool | str):
        return None
    return max(Decimal(0), Decimal(str(value)))
