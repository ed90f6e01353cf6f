"""What a creator's budget permits."""

from decimal import Decimal

import pytest

from coaching.models.budget import Budget, monthly_limit, permits
from coaching.models.catalogue import ModelCard, Quality

FREE = Decimal(0)
DEAR = Decimal("0.01")


@pytest.mark.parametrize(
    ("limit", "spent", "tier"),
    [
        (None, "1000000", "high"),
        ("10", "0", "high"),
        ("10", "7.999999", "high"),
        ("10", "8", "medium"),
        ("10", "9.999999", "medium"),
        ("10", "10", "fast"),
        ("10", "25", "fast"),
        ("0", "0", "fast"),
    ],
)
def test_the_tier_falls_at_80_and_at_100_percent(limit: str | None, spent: str, tier: Quality) -> None:
    assert Budget(None if limit is None else Decimal(limit), Decimal(spent)).tier == tier


@pytest.mark.parametrize(
    ("tier", "quality", "price", "permitted"),
    [
        ("high", "high", DEAR, True),
        ("medium", "high", DEAR, False),
        ("medium", "medium", DEAR, True),
        ("medium", "fast", DEAR, True),
        ("fast", "medium", DEAR, False),
        ("fast", "fast", DEAR, True),
        ("fast", "high", FREE, True),
        ("medium", "high", FREE, True),
    ],
)
def test_a_tier_permits_what_is_no_better_and_what_is_free(
    tier: Quality, quality: Quality, price: Decimal, permitted: bool
) -> None:
    assert permits(tier, ModelCard("openai", "m", 8_192, quality, FREE, price)) == permitted


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        ({}, None),
        ({"monthly_budget_usd": 25}, Decimal(25)),
        ({"monthly_budget_usd": 0.1}, Decimal("0.1")),
        ({"monthly_budget_usd": 0}, Decimal(0)),
        ({"monthly_budget_usd": "many"}, None),
    ],
)
def test_the_limit_is_a_setting_of_the_creator(settings: dict[str, str | float], limit: Decimal | None) -> None:
    assert monthly_limit(settings) == limit
