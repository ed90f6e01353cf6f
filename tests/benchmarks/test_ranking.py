"""The figures of a ranking mean what they say."""

import numpy as np
import pytest

from benchmarks.ranking import auroc, bootstrap, recall_at_false_positives

LABELS = np.array([True, True, True, False, False])


def test_auroc_counts_pairs_in_order_and_ties_half() -> None:
    assert auroc(LABELS, np.array([0.9, 0.8, 0.2, 0.2, 0.1])) == pytest.approx(5.5 / 6)
    assert auroc(LABELS, np.ones(5)) == 0.5


def test_recall_counts_ties_against_us() -> None:
    assert recall_at_false_positives(LABELS, np.array([0.9, 0.5, 0.2, 0.5, 0.1]), 0.02) == pytest.approx(1 / 3)
    assert recall_at_false_positives(LABELS, np.array([0.9, 0.5, 0.2, 0.5, 0.1]), 0.5) == 1.0


def test_an_interval_holds_the_value_and_is_the_same_again() -> None:
    scores = np.array([0.9, 0.8, 0.2, 0.4, 0.1])
    low, high = bootstrap(auroc, LABELS, scores)
    assert low <= auroc(LABELS, scores) <= high
    assert (low, high) == bootstrap(auroc, LABELS, scores)
