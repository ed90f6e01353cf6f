"""A creator's thresholds stay within safe bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.safety.bounds import CLAIMS_SETTING, CONTENT_SETTING, GROUNDING_SETTING, SETTINGS, Bounds, bounds_of
from coaching.vocabulary import Scalar

NAMES = (GROUNDING_SETTING, CLAIMS_SETTING, CONTENT_SETTING)


def test_without_settings_they_are_the_usual_ones() -> None:
    assert bounds_of({}) == Bounds()


@given(
    st.dictionaries(st.sampled_from(NAMES), st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=3)))
)
def test_no_setting_makes_a_check_laxer(settings: dict[str, Scalar]) -> None:
    found, usual = bounds_of(settings), Bounds()
    assert usual.support <= found.support <= SETTINGS[GROUNDING_SETTING][1]
    assert usual.claims <= found.claims <= 1.0
    assert SETTINGS[CONTENT_SETTING][0] <= found.content <= usual.content


def test_a_setting_within_its_bounds_counts() -> None:
    assert bounds_of({GROUNDING_SETTING: 0.8, CLAIMS_SETTING: 0.9, CONTENT_SETTING: 0.4}) == Bounds(0.8, 0.9, 0.4)


@pytest.mark.parametrize("support", [0.5, 0.9])
def test_for_somebody_under_age_more_support_is_needed_and_never_less(support: float) -> None:
    assert Bounds(support).for_minor().support >= max(support, 0.6)
