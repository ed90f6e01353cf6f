"""The array form of BM25 says what its formula says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.adapters.search.bm25 import Bm25, TermCounts
from coaching.adapters.search.index import best

TEXTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=12)


def by_the_formula(texts: list[list[str]], query: list[str]) -> list[float]:
    mean = max(sum(map(len, texts)) / len(texts), 1.0)
    scores = []
    for text in texts:
        score = 0.0
        for term in query:
            holders = sum(term in other for other in texts)
            idf = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
            count = text.count(term)
            score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(text) / mean))
        scores.append(score)
    return scores


@given(texts=TEXTS, query=st.lists(st.sampled_from("abcxyz"), max_size=6), cut=st.integers(0, 12))
def test_scores_as_the_formula_does_however_the_texts_are_cut_into_segments(
    texts: list[list[str]], query: list[str], cut: int
) -> None:
    bm25 = Bm25.over([TermCounts.of(texts[:cut]), TermCounts.of(texts[cut:])])
    assert bm25.scores(query).tolist() == pytest.approx(by_the_formula(texts, query), rel=1e-5)


def test_scores_nothing_over_nothing() -> None:
    assert Bm25.over([]).scores(["habit"]).tolist() == []


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=40), st.integers(1, 50))
def test_the_best_rows_are_those_of_a_full_sort(scores: list[float], limit: int) -> None:
    rows = best(np.array(scores), limit).tolist()
    assert [scores[row] for row in rows] == sorted(scores, reverse=True)[:limit]
    assert len(set(rows)) == len(rows)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=40), st.integers(1, 50))
def test_the_best_rows_are_among_those_allowed(scores: list[float], limit: int) -> None:
    rows = best(np.array(scores), limit, np.array(scores) < 2.0).tolist()
    assert [scores[row] for row in rows] == sorted((score for score in scores if score < 2.0), reverse=True)[:limit]
