"""How soon a watched model is told to be worse, and how often wrongly: `python -m benchmarks.switch_watch`.

A simulation, seeded, of `coaching.models.error_rate.is_worse`: it is asked after each of a model's answers, up to
1,000, as if every answer were reported by itself, which is the most tries that chance can get. Failures are independent
here; failures that come in bursts, such as those of a node that goes, count for more than they are.
"""

import random
from dataclasses import dataclass
from functools import cache

from benchmarks.figures import HEADER, Figure
from coaching.models.error_rate import is_worse
from coaching.models.switching import Outcomes

ANSWERS, SWITCHES, SEED = 1_000, 300, 7
WELL = 0.02
"""The share of answers that fail of a model that is well."""


@dataclass(frozen=True, slots=True)
class Case:
    """Shares of answers that fail of the new model and of the one before, of which so many answers are known."""

    new: float
    before: float
    known: int


ALIKE = tuple(Case(share, share, known) for share in (0.01, 0.05, 0.1, 0.3) for known in (50, 500))
UNKNOWN = Case(0.05, 0.05, 0)
WORSE = (Case(1.0, WELL, 0), Case(0.5, WELL, 0), Case(0.3, WELL, 50), Case(0.3, WELL, 500), Case(0.15, WELL, 500))


@cache
def told_after(case: Case) -> tuple[int | None, ...]:
    """Return, for each simulated switch, after how many answers the new model was told to be worse; None for never."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    return tuple(_one(case, chance) for _ in range(SWITCHES))


def share_told(case: Case) -> float:
    """Return the share of switches that were undone."""
    return sum(number is not None for number in told_after(case)) / SWITCHES


def median(case: Case) -> int:
    """Return after how many answers every other switch was undone; `ANSWERS` where fewer were."""
    return sorted(number or ANSWERS for number in told_after(case))[SWITCHES // 2]


def _one(case: Case, chance: random.Random) -> int | None:
    failed_before = sum(chance.random() < case.before for _ in range(case.known))
    before = Outcomes(case.known - failed_before, failed_before)
    new = Outcomes()
    for number in range(1, ANSWERS + 1):
        failed = chance.random() < case.new
        new += Outcomes(int(not failed), int(failed))
        # Only a failure can make it worse than it was.
        if failed and is_worse(new, before):
            return number
    return None


def figures() -> list[Figure]:
    wrong = max(share_told(case) for case in (*ALIKE, UNKNOWN))
    rows = [Figure("a watched model as good as the one before, undone", f"{wrong:.1%} at most", "<= 2%", wrong <= 0.02)]
    for case in WORSE:
        known = f"{case.known} answers known" if case.known else "nothing known"
        what = f"one that fails {case.new:.0%}, the one before {case.before:.0%}, {known}: undone after"
        rows.append(Figure(what, f"{median(case)} answers (median), {share_told(case):.0%} of all"))
    return rows


if __name__ == "__main__":
    print(HEADER)
    for figure in figures():
        print(figure)
