"""What is searched again and again is copied, within a bound."""

import numpy as np
import pytest

from coaching.adapters.search import hot_rows
from coaching.adapters.search.hot_rows import FEWEST, Copied, HotRows


def copy() -> Copied:
    return Copied.of(np.ones((FEWEST, 8), np.int16), np.ones(FEWEST, np.float32))


def test_keeps_rows_from_the_second_time_on() -> None:
    hot = HotRows()
    assert hot.get("key", FEWEST, 8, copy) is None
    kept = hot.get("key", FEWEST, 8, copy)
    assert kept is not None
    assert hot.get("key", FEWEST, 8, copy) is kept


def test_keeps_neither_few_rows_nor_very_many() -> None:
    hot = HotRows()
    for count in (FEWEST - 1, 10_000_000):
        for _ in range(3):
            assert hot.get(count, count, 8, copy) is None


def test_those_asked_for_longest_ago_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_rows, "_ALL_BYTES", 2 * copy().nbytes)
    hot = HotRows()
    for key in "aabbaacc":
        hot.get(key, FEWEST, 8, copy)
    assert hot.get("a", FEWEST, 8, copy) is not None
    assert hot.get("b", FEWEST, 8, copy) is None
