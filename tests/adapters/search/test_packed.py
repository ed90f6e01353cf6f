"""Three rows in one: what a scan says of each is within the bound that it names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coaching.adapters.search.packed import Packed
from coaching.knowledge.ports import Vector, Vectors
from tests.adapters.search.test_quantised import unit_vectors

COMPONENTS = st.floats(-1e4, 1e4, width=32, allow_subnormal=False)
ROWS_AND_QUERY = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 9)), elements=COMPONENTS)


def assert_within_bound(vectors: Vectors, query: Vector) -> float:
    scores, off = Packed.of(vectors).scan(query)
    exact = vectors.astype(np.float64) @ query.astype(np.float64)
    assert scores.shape == exact.shape
    assert (np.abs(scores - exact) <= off).all()
    return off


@given(ROWS_AND_QUERY)
def test_a_scan_is_within_its_bound_whatever_the_vectors_are(drawn: Vectors) -> None:
    # The squares of components below 1e-19 are too small for floats.
    drawn = np.where(np.abs(drawn) < 1e-6, np.float32(0), drawn)
    assert_within_bound(drawn[1:], drawn[0])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 1_000])
@pytest.mark.parametrize("dimension", [8, 384, 1_536])
def test_the_bound_is_small(count: int, dimension: int) -> None:
    (query,) = unit_vectors(1, dimension, seed=2)
    assert assert_within_bound(unit_vectors(count, dimension), query) < dimension**0.5 / 400


def test_rows_that_are_the_query_or_its_opposite_do_not_run_into_each_other() -> None:
    (query,) = unit_vectors(1)
    rows = np.stack([query, -query, query, query, -query, -query])
    scores, off = Packed.of(rows).scan(query)
    assert scores.tolist() == pytest.approx([1, -1, 1, 1, -1, -1], abs=off)


def test_zeros_are_compared_too() -> None:
    zeros = np.zeros((4, 8), np.float32)
    assert Packed.of(zeros).scan(zeros[0])[0].tolist() == [0.0] * 4
