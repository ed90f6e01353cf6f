"""Fusing the two legs of a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.fusion import fuse
from coaching.knowledge.ports import Candidates
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place, ScoredPassage


def hit(name: str, score: float, scores: dict[str, float] | None = None) -> ScoredPassage:
    passage = Passage(
        PassageId(name), CreatorId("hearth"), DocumentId("d"), 1, "Title", f"Text of {name}", Place(), 0, 1
    )
    return ScoredPassage(passage, score, scores or {})


def leg(scores: dict[str, float]) -> tuple[ScoredPassage, ...]:
    return tuple(hit(name, score) for name, score in sorted(scores.items(), key=lambda item: -item[1]))


def fused(dense: dict[str, float], lexical: dict[str, float], limit: int = 10) -> list[tuple[str, float]]:
    found = fuse(Candidates(leg(dense), leg(lexical)), limit=limit)
    return [(str(each.passage.passage_id), round(each.score, 6)) for each in found]


def test_weighs_each_leg_by_its_best() -> None:
    found = fused({"a": 0.8, "b": 0.6, "c": 0.4}, {"b": 12.0, "a": 6.0})
    weight = 0.65 * (1 - (1 + 0.5) / 20)
    assert [name for name, _ in found] == ["b", "a", "c"]
    parts = [(0.75, 1.0), (1.0, 0.5), (0.5, 0.0)]
    assert [score for _, score in found] == pytest.approx([(1 - weight) * d + weight * w for d, w in parts], abs=1e-6)


def test_trusts_the_words_where_one_passage_stands_out_by_them() -> None:
    near = {"asked": 0.70} | {f"p{number}": 0.71 for number in range(20)}
    (best, _), *_ = fused(near, {"asked": 9.0} | {f"p{number}": 0.9 for number in range(20)})
    assert best == "asked"


def test_mistrusts_the_words_where_they_stand_everywhere() -> None:
    near = {"meant": 0.8} | {f"p{number}": 0.5 for number in range(20)}
    (best, _), *_ = fused(near, {"meant": 6.0} | {f"p{number}": 9.0 for number in range(20)})
    assert best == "meant"


def test_takes_what_only_words_found_for_farther_than_all_the_near_ones() -> None:
    found = fuse(Candidates(leg({"a": 0.8, "b": 0.4}), leg({"c": 5.0})), limit=3)
    assert {str(each.passage.passage_id): each.scores["dense_part"] for each in found} == pytest.approx(
        {"a": 1.0, "b": 0.5, "c": 0.35}
    )


def test_uses_the_other_legs_score_where_the_store_tells_it() -> None:
    dense = (hit("a", 0.8, {"dense": 0.8, "lexical": 2.5}),)
    lexical = (hit("c", 5.0, {"dense": 0.6, "lexical": 5.0}),)
    parts = {
        str(each.passage.passage_id): (each.scores["dense_part"], each.scores["lexical_part"])
        for each in fuse(Candidates(dense, lexical), limit=2)
    }
    assert parts == {"a": (1.0, 0.5), "c": (pytest.approx(0.75), 1.0)}


def test_gives_a_single_candidate_the_whole_score() -> None:
    assert fused({"a": 0.2}, {}) == [("a", 1.0)]
    assert fused({"a": 0.2}, {"a": 0.1}) == [("a", 1.0)]


def test_ranks_by_words_alone_where_nothing_was_embedded() -> None:
    assert fused({}, {"a": 2.0, "b": 8.0}) == [("b", 1.0), ("a", 0.25)]


def test_keeps_the_order_of_meaning_where_nothing_is_near() -> None:
    assert fused({"a": -0.5, "b": -0.1, "c": 0.0}, {}) == [("c", 0.0), ("b", 0.0), ("a", 0.0)]


def test_finds_nothing_where_both_legs_are_empty() -> None:
    assert fused({}, {}) == []


def test_keeps_the_raw_scores_beside_their_parts() -> None:
    first, second, third = fuse(Candidates(leg({"a": 0.8, "b": 0.4}), leg({"a": 4.0, "c": 1.0})), limit=3)
    assert first.scores == {"dense": 0.8, "lexical": 4.0, "dense_part": 1.0, "lexical_part": 1.0}
    assert second.scores == {"lexical": 1.0, "dense_part": pytest.approx(0.35), "lexical_part": 0.25}
    assert third.scores == {"dense": 0.4, "dense_part": 0.5, "lexical_part": 0.0}


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
