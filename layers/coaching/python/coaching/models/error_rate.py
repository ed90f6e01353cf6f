"""Whether a model fails more often than the one that it replaced."""

from math import exp, lgamma
from typing import Final

from coaching.models.switching import Outcomes

LEAST_FAILURES: Final = 5
LEAST_KNOWN: Final = 20
"""So many answers of the model before have to be known; with fewer it is taken for `ASSUMED`."""
ASSUMED: Final = Outcomes(answered=38, failed=2)
"""A model that fails once in twenty times, as if forty answers of it had been seen."""
DOUBT: Final = 0.001


def is_worse(new: Outcomes, before: Outcomes) -> bool:
    """Return whether the new model failed so often that it is no chance.

    It is worse when at least `LEAST_FAILURES` of its answers failed, a greater share than of those of the model before,
    and when a draw of so many failures or more has a probability below `DOUBT` if both fail alike. That is Fisher's
    exact test, one-sided: of all answers together, as many as are the new model's are drawn without putting back, and
    the number of failures among them is hypergeometric (R. A. Fisher, The Design of Experiments, 1935, chapter II). It
    holds for small counts, and allows for how little is known of either model.

    It is asked again with every report, which gives chance many tries: hence so small a `DOUBT`. Asked after each of
    1,000 answers, of a model that is as good as the one before, it was wrong in at most 1.3 % of simulated switches
    (`benchmarks/switch_watch.py`). Where nothing is known of the one before, a model that always fails is told after 5
    answers, and one that fails every other time after 11 on the median. Where the one before failed once in fifty, one
    that fails three times in ten is told after 15 if 500 of its answers are known, and after 18 if 50 are.

    Failures that come in bursts count for more than they are. When both fail, as in an outage that they share, neither
    is worse.
    """
    known = before if before.ended >= LEAST_KNOWN else ASSUMED
    if new.failed < LEAST_FAILURES or new.failed * known.ended <= known.failed * new.ended:
        return False
    return _chance_of_as_many(new, known) < DOUBT


def _chance_of_as_many(new: Outcomes, known: Outcomes) -> float:
    failed, ended = new.failed + known.failed, new.ended + known.ended
    return sum(
        exp(_log_choices(new.ended, count) + _log_choices(known.ended, failed - count) - _log_choices(ended, failed))
        for count in range(new.failed, min(new.ended, failed) + 1)
    )


def _log_choices(of: int, count: int) -> float:
    return lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
