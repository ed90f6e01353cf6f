"""What a creator's models took and cost."""

from typing import Annotated

from pydantic import Field

from coaching.contract.common import ReplyModel
from coaching.models.catalogue import Quality
from coaching.models.spending import CreatorUsage
from coaching.models.usage import ModelUsage

Dollars = Annotated[float, Field(description="US dollars, by list prices")]


class ModelUsageReply(ReplyModel):
    model: str
    calls: int
    estimated_calls: int = Field(description="calls that broke off, whose tokens are reckoned from their texts")
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = Field(description="input tokens that the provider had kept from an earlier prompt")
    cache_write_tokens: int = Field(description="input tokens that the provider keeps for later prompts")
    reused_answers: int = Field(description="answers given again without a call, for nothing; not among the calls")
    seconds: float
    cost_usd: Dollars

    @classmethod
    def of(cls, model: str, usage: ModelUsage) -> "ModelUsageReply":
        return cls(
            model=model,
            calls=usage.calls,
            estimated_calls=usage.estimated_calls,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            reused_answers=usage.reused_answers,
            seconds=usage.milliseconds / 1000,
            cost_usd=float(usage.cost_usd),
        )


class UsageOfMonthReply(ReplyModel):
    month: str = Field(description="in UTC, such as `2026-11`")
    models: list[ModelUsageReply] = Field(description="dearest first")
    cost_usd: Dollars
    monthly_budget_usd: float | None = Field(description="`monthly_budget_usd` of the creator's settings")
    share_used: float | None = Field(description="cost over budget; absent without a budget")
    tier: Quality = Field(
        description="the best quality of paid model that this share permits: below 80 % any, from 80 % medium, "
        "from 100 % fast; models that cost nothing are always permitted"
    )

    @classmethod
    def of(cls, found: CreatorUsage) -> "UsageOfMonthReply":
        usage, budget = found.usage, found.budget
        dearest = sorted(usage.models.items(), key=lambda each: (-each[1].microdollars, each[0]))
        return cls(
            month=usage.month,
            models=[ModelUsageReply.of(model, each) for model, each in dearest],
            cost_usd=float(usage.cost_usd),
            monthly_budget_usd=None if budget.limit_usd is None else float(budget.limit_usd),
            share_used=None if budget.share is None else float(budget.share),
            tier=budget.tier,
        )
