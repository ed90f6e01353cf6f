"""When a model is worse than the one before: more failures than chance explains."""

import pytest

from coaching.models.error_rate import is_worse
from coaching.models.switching import Outcomes

UNKNOWN = Outcomes()
GOOD = Outcomes(490, 10)


@pytest.mark.parametrize(
    ("new", "before", "worse"),
    [
        (Outcomes(0, 0), UNKNOWN, False),
        (Outcomes(0, 4), GOOD, False),  # too few, whatever they say
        (Outcomes(0, 5), GOOD, True),
        (Outcomes(0, 5), UNKNOWN, True),
        (Outcomes(5, 5), UNKNOWN, False),
        (Outcomes(6, 8), UNKNOWN, True),
        (Outcomes(95, 5), UNKNOWN, False),  # one in twenty is what is taken for granted
        (Outcomes(8, 5), GOOD, True),
        (Outcomes(195, 5), GOOD, False),
        (Outcomes(0, 9), Outcomes(1, 8), True),  # fewer than twenty answers say nothing of the model before
        (Outcomes(0, 9), Outcomes(0, 20), False),  # an outage of both
        (Outcomes(10, 10), Outcomes(25, 25), False),
        (Outcomes(60_000, 40_000), Outcomes(90_000, 10_000), True),
    ],
)
def test_a_model_is_worse_when_chance_does_not_explain_its_failures(
    new: Outcomes, before: Outcomes, *, worse: bool
) -> None:
    assert is_worse(new, before) is worse


def test_more_failures_never_make_a_worse_model_better() -> None:
    told = [is_worse(Outcomes(30, failed), GOOD) for failed in range(60)]
    assert told == sorted(told)
