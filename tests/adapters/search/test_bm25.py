"""The array form of BM25 says what its formula says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.adapters.search.bm25 import Bm25, TermCounts
from coaching.adapters.search.index import best
from coaching.adapters.search.term_numbers import numbers_of_question, terms_of
from coaching.adapters.search.words import analyzer

ENGLISH = analyzer()
TEXTS = st.lists(st.lists(st.sampled_from("bcdefgh"), max_size=12), min_size=1, max_size=12)
"""Words of one letter are their own terms."""


def counted(texts: list[list[str]]) -> TermCounts:
    return TermCounts.of([" ".join(text) for text in texts], ENGLISH)


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


@given(texts=TEXTS, query=st.lists(st.sampled_from("bcdxyz"), max_size=6), cut=st.integers(0, 12))
def test_scores_as_the_formula_does_however_the_texts_are_cut_into_segments(
    texts: list[list[str]], query: list[str], cut: int
) -> None:
    bm25 = Bm25([counted(texts[:cut]), counted(texts[cut:])], ENGLISH)
    scores = bm25.scores(" ".join(query))
    found = np.zeros(len(texts)) if scores is None else scores
    assert found.tolist() == pytest.approx(by_the_formula(texts, query), rel=1e-5)


@given(texts=TEXTS, cut=st.integers(0, 12), seed=st.integers(0, 9))
def test_counts_joined_in_any_order_are_those_of_the_texts_in_that_order(
    texts: list[list[str]], cut: int, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(texts))
    joined = TermCounts.joined([counted(texts[:cut]), counted(texts[cut:])], order)
    assert_same(joined, counted([texts[number] for number in order]))


@given(texts=TEXTS, seed=st.integers(0, 9))
def test_counts_taken_are_those_of_the_texts_taken(texts: list[list[str]], seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(len(texts))[: len(texts) // 2]
    assert_same(counted(texts).taken(rows), counted([texts[row] for row in rows]))


def assert_same(found: TermCounts, expected: TermCounts) -> None:
    assert postings(found) == postings(expected)
    assert found.lengths.tolist() == expected.lengths.tolist()


def postings(counts: TermCounts) -> list[tuple[int, int, int]]:
    columns = (counts.postings(), counts.passages, counts.counts)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_scores_nothing_over_nothing() -> None:
    found = Bm25([], ENGLISH).scores("habit")
    assert found is not None
    assert found.tolist() == []


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=40), st.integers(1, 50))
def test_the_best_rows_are_those_of_a_full_sort(scores: list[float], limit: int) -> None:
    rows = best(np.array(scores, np.float32), limit).tolist()
    assert [scores[row] for row in rows] == sorted(scores, reverse=True)[:limit]
    assert len(set(rows)) == len(rows)


@given(st.lists(st.text(alphabet="aBcé19 '’-.\n“", max_size=20), max_size=6))
def test_texts_cut_all_at_once_have_the_terms_of_each_cut_alone(texts: list[str]) -> None:
    found = terms_of(texts, ENGLISH)
    for number, text in enumerate(texts):
        own = found.numbers[found.ranks[found.texts == number]]
        assert sorted(own.tolist()) == sorted(numbers_of_question(text, ENGLISH))
