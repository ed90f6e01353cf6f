"""Fusing the two legs of a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.fusion import fuse
from coaching.knowledge.ports import Candidates
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place, ScoredPassage


def hit(name: str, score: float) -> ScoredPassage:
    passage = Passage(
        PassageId(name), CreatorId("hearth"), DocumentId("d"), 1, "Title", f"Text of {name}", Place(), 0, 1
    )
    return ScoredPassage(passage, score)


def leg(scores: dict[str, float]) -> tuple[ScoredPassage, ...]:
    return tuple(hit(name, score) for name, score in sorted(scores.items(), key=lambda item: -item[1]))


def fused(dense: dict[str, float], lexical: dict[str, float], limit: int = 10) -> list[tuple[str, float]]:
    found = fuse(Candidates(leg(dense), leg(lexical)), limit=limit)
    return [(str(each.passage.passage_id), round(each.score, 6)) for each in found]


def test_weighs_each_leg_after_bringing_it_to_one_scale() -> None:
    found = fused({"a": 0.9, "b": 0.7, "c": 0.5}, {"b": 12.0, "a": 6.0, "d": 2.0})
    assert found == [("a", 0.82), ("b", 0.65), ("c", 0.0), ("d", 0.0)]  # .7 * 1 + .3 * .4, .7 * .5 + .3 * 1


def test_counts_nothing_for_a_leg_that_did_not_find_the_passage() -> None:
    assert fused({"a": 0.9, "b": 0.1}, {"c": 9.0, "d": 1.0})[:2] == [("a", 0.7), ("c", 0.3)]


def test_gives_a_single_candidate_the_whole_part() -> None:
    assert fused({"a": 0.2}, {}) == [("a", 0.7)]
    assert fused({"a": 0.2}, {"a": 0.1}) == [("a", 1.0)]


def test_gives_equal_candidates_the_whole_part_each() -> None:
    assert fused({"b": 0.4, "a": 0.4}, {}) == [("a", 0.7), ("b", 0.7)]


def test_finds_nothing_where_both_legs_are_empty() -> None:
    assert fused({}, {}) == []


def test_keeps_the_raw_scores_beside_their_parts() -> None:
    first, second, third = fuse(Candidates(leg({"a": 0.9, "b": 0.5}), leg({"a": 3.0, "c": 1.0})), limit=3)
    assert first.scores == {"dense": 0.9, "lexical": 3.0, "dense_part": 1.0, "lexical_part": 1.0}
    assert second.scores == {"dense": 0.5, "dense_part": 0.0, "lexical_part": 0.0}
    assert third.scores == {"lexical": 1.0, "dense_part": 0.0, "lexical_part": 0.0}


def test_takes_other_weights() -> None:
    candidates = Candidates(leg({"a": 0.9, "b": 0.5}), leg({"b": 3.0, "a": 1.0}))
    (best,) = fuse(candidates, dense_weight=0.2, lexical_weight=0.8, limit=1)
    assert best.passage.passage_id == "b"
    assert best.score == pytest.approx(0.8)


SCORES = st.dictionaries(st.sampled_from("abcdefghij"), st.floats(-1, 1), max_size=8)


@given(dense=SCORES, lexical=SCORES, limit=st.integers(1, 12))
def test_gives_each_passage_once_in_order_with_a_score_from_0_to_1(
    dense: dict[str, float], lexical: dict[str, float], limit: int
) -> None:
    found = fuse(Candidates(leg(dense), leg(lexical)), limit=limit)
    names = [each.passage.passage_id for each in found]
    scores = [each.score for each in found]
    assert len(names) == len(set(names)) == min(limit, len(dense.keys() | lexical.keys()))
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)


@given(dense=SCORES, lexical=SCORES)
def test_does_not_depend_on_the_order_of_equal_candidates(dense: dict[str, float], lexical: dict[str, float]) -> None:
    forwards = Candidates(leg(dense), leg(lexical))
    backwards = Candidates(forwards.dense[::-1], forwards.lexical[::-1])
    assert fuse(forwards, limit=5) == fuse(backwards, limit=5)
