from benchmarks.switch_watch import ALIKE, WELL, Case, median, share_told
from coaching.models.error_rate import LEAST_FAILURES


def test_a_model_that_always_fails_is_told_as_soon_as_it_may_be() -> None:
    assert median(Case(1.0, WELL, 0)) == LEAST_FAILURES


def test_a_model_that_fails_every_other_time_is_always_told() -> None:
    assert share_told(Case(0.5, WELL, 0)) == 1


def test_a_model_that_is_as_good_as_the_one_before_stays() -> None:
    assert share_told(ALIKE[0]) <= 0.02
