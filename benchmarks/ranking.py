"""How well scores tell positives from negatives, and how sure that figure is."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]
Metric = Callable[[Labels, Scores], float]

RESAMPLES = 1_000


def auroc(labels: Labels, scores: Scores) -> float:
    """Return the chance that a positive scores above a negative; a tie counts half (Mann-Whitney U)."""
    ordered = np.sort(scores)
    below, up_to = np.searchsorted(ordered, scores, "left"), np.searchsorted(ordered, scores, "right")
    ranks = (below + up_to + 1) / 2
    positives, negatives = int(labels.sum()), int((~labels).sum())
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auprc(labels: Labels, scores: Scores) -> float:
    """Return the mean precision over the positives (average precision); equal scores are taken together."""
    ordered = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[ordered])
    ends = np.append(np.flatnonzero(np.diff(scores[ordered])), len(scores) - 1)
    found = hits[ends]
    return float((np.diff(found, prepend=0) * (found / (ends + 1))).sum() / labels.sum())


def recall_at_false_positives(labels: Labels, scores: Scores, rate: float) -> float:
    """Return the share of positives above the lowest threshold that at most `rate` of the negatives pass.

    Ties count against us: a positive that scores as much as the first negative left out is missed.
    """
    negatives = np.sort(scores[~labels])[::-1]
    return float((scores[labels] > negatives[int(rate * len(negatives))]).mean())


def bootstrap(metric: Metric, labels: Labels, scores: Scores, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % percentile interval of a metric over resamples, drawn within positives and negatives."""
    random = np.random.default_rng(seed)
    groups = [rows for rows in (np.flatnonzero(labels), np.flatnonzero(~labels)) if len(rows)]
    drawn = (np.concatenate([random.choice(rows, len(rows)) for rows in groups]) for _ in range(RESAMPLES))
    values = [metric(labels[rows], scores[rows]) for rows in drawn]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
