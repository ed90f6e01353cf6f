"""What the calls of models took and cost, by creator, month and model."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from operator import add
from typing import Final, Protocol

from coaching.models.catalogue import ModelCard
from coaching.vocabulary import CreatorId, Usage

MICRODOLLARS: Final = 1_000_000
"""In a US dollar."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a model. `seconds` were spent waiting for it.

    `estimated`: it broke off before its server had counted, and the tokens are reckoned from the texts. `reused`: no
    call after all; the model's answer to the same prompt was given again, for nothing.
    """

    call_id: str
    creator_id: CreatorId
    model: str
    ended_at: datetime
    usage: Usage
    microdollars: int
    seconds: float
    estimated: bool = False
    reused: bool = False

    @property
    def month(self) -> str:
        return month_of(self.ended_at)


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What the calls of one model took together. `estimated_calls` are those that broke off.

    `cache_read_tokens` and `cache_write_tokens` are part of `input_tokens`. `reused_answers` are not among the calls.
    """

    calls: int = 0
    estimated_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    microdollars: int = 0
    milliseconds: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reused_answers: int = 0

    @property
    def cost_usd(self) -> Decimal:
        return Decimal(self.microdollars) / MICRODOLLARS

    def __add__(self, other: "ModelUsage") -> "ModelUsage":
        return ModelUsage(*map(add, astuple(self), astuple(other)))

    @classmethod
    def of(cls, call: ModelCall) -> "ModelUsage":
        return cls(
            calls=int(not call.reused),
            estimated_calls=int(call.estimated),
            input_tokens=call.usage.input_tokens,
            output_tokens=call.usage.output_tokens,
            microdollars=call.microdollars,
            milliseconds=round(1000 * call.seconds),
            cache_read_tokens=call.usage.cache_read_tokens,
            cache_write_tokens=call.usage.cache_write_tokens,
            reused_answers=int(call.reused),
        )


@dataclass(frozen=True, slots=True)
class MonthlyUsage:
    """One creator's month, `2026-11`, by the model's name."""

    creator_id: CreatorId
    month: str
    models: Mapping[str, ModelUsage] = field(default_factory=dict)

    @property
    def cost_usd(self) -> Decimal:
        return sum((usage.cost_usd for usage in self.models.values()), Decimal(0))


class UsageLedger(Protocol):
    def add(self, call: ModelCall) -> None:
        """Count the call in its creator's month, once however often it is added within a day.

        Raises: StaleWrite if others kept writing all along.
        """

    def month(self, creator_id: CreatorId, month: str) -> MonthlyUsage:
        """Return the month; one without calls is empty."""


def cost_microdollars(card: ModelCard, usage: Usage) -> int:
    """Return what the tokens cost. A price in dollars per million tokens is one in microdollars per token."""
    read, written = usage.cache_read_tokens, usage.cache_write_tokens
    exact = (
        max(0, usage.input_tokens - read - written) * card.price_in
        + read * card.cache_read_price
        + written * card.cache_write_price
        + usage.output_tokens * card.price_out
    )
    return int(exact.to_integral_value(ROUND_HALF_UP))


def month_of(moment: datetime) -> str:
    """Return the month of an aware UTC datetime, `2026-11`."""
    return f"{moment:%Y-%m}"
