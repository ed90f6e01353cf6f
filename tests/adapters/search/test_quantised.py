"""Vectors of two halves lose next to nothing, and what the scan misses stays within its bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coaching.adapters.search.quantised import Quantised
from coaching.knowledge.ports import Vectors

COMPONENTS = st.floats(-1, 1, width=32, allow_subnormal=False)
MATRICES = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 9)), elements=COMPONENTS)


def unit_vectors(count: int, dimension: int = 384, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@given(MATRICES)
def test_a_component_is_off_by_a_4064th_of_the_largest_at_most(vectors: Vectors) -> None:
    found = Quantised.of(vectors).vectors(np.arange(len(vectors)))
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    assert (np.abs(found - vectors) <= largest / 4_064 * 1.01 + 1e-30).all()


@given(MATRICES)
def test_what_is_read_and_stored_again_stays_as_it_is(vectors: Vectors) -> None:
    rows = np.arange(len(vectors))
    once = Quantised.of(vectors).vectors(rows)
    assert Quantised.of(once).vectors(rows).tolist() == once.tolist()


def test_cosines_are_off_by_less_than_a_thousandth() -> None:
    vectors, (query,) = unit_vectors(500), unit_vectors(1, seed=2)
    exact = Quantised.of(vectors).vectors(np.arange(500)) @ query
    assert np.abs(exact - vectors @ query).max() < 2e-4


@pytest.mark.parametrize(
    "runs", [[(0, 1_400)], [(0, 512)], [(3, 4)], [(start, start + 3) for start in range(0, 1_400, 5)], []], ids=str
)
def test_a_scan_is_within_its_slack(runs: list[tuple[int, int]]) -> None:
    stored, (query,) = Quantised.of(unit_vectors(1_400)), unit_vectors(1, seed=2)
    rows = np.array([row for start, end in runs for row in range(start, end)], np.intp)
    scanned = np.empty(len(rows), np.float32)
    assert stored.scan(query, np.array(runs, np.intp).reshape(-1, 2), scanned) == len(rows)
    assert (np.abs(scanned - stored.vectors(rows) @ query) <= stored.slack).all()
    assert stored.slack < 0.02


def test_rows_of_zeros_are_rows_of_zeros() -> None:
    stored = Quantised.of(np.zeros((2, 8), np.float32))
    assert stored.vectors(np.arange(2)).tolist() == [[0.0] * 8] * 2
