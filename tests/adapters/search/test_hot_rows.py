"""What is searched again and again is kept as floats, within a bound."""

import numpy as np
import pytest

from coaching.adapters.search import hot_rows
from coaching.adapters.search.hot_rows import FEWEST, HotRows
from coaching.knowledge.ports import Vectors


def vectors() -> Vectors:
    return np.ones((FEWEST, 8), np.float32)


def test_keeps_rows_from_the_second_time_on() -> None:
    hot = HotRows()
    assert hot.get("key", FEWEST, 8, vectors) is None
    kept = hot.get("key", FEWEST, 8, vectors)
    assert kept is not None
    assert hot.get("key", FEWEST, 8, vectors) is kept


def test_keeps_neither_few_rows_nor_very_many() -> None:
    hot = HotRows()
    for count in (FEWEST - 1, 10_000_000):
        for _ in range(3):
            assert hot.get(count, count, 8, vectors) is None


def test_those_asked_for_longest_ago_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_rows, "_ALL_BYTES", 2 * vectors().nbytes)
    hot = HotRows()
    for key in "aabbaacc":
        hot.get(key, FEWEST, 8, vectors)
    assert hot.get("a", FEWEST, 8, vectors) is not None
    assert hot.get("b", FEWEST, 8, vectors) is None
