"""From OpenSearch's hits to candidates."""

from typing import Any

from coaching.adapters.search.opensearch_documents import Stored, source
from coaching.adapters.search.opensearch_hits import Leg, candidates_of, whole
from coaching.vocabulary import DocumentId
from tests.adapters.search.samples import passage


def hit(
    text: str, *, version: int = 1, document: str = "habits", score: float = 1.0, staging: str = ""
) -> dict[str, Any]:
    item = passage(text, version=version, document_id=DocumentId(document))
    kept = source(Stored(item, 0, staging or f"{document} {version}", "hash/8"))
    return {"_id": text, "_score": score, "_source": kept}


def kept(*legs: Leg) -> list[list[str]]:
    """Return the texts of each leg's hits that are left."""
    return [[hit["_id"] for hit in found] for found in whole(legs)]


def leg(*hits: dict[str, Any], unfinished: str = "") -> Leg:
    return Leg(hits, frozenset({unfinished}))


def test_turns_scores_back_into_cosines_and_builds_a_passage_once() -> None:
    found = candidates_of([hit("A", score=0.75)], [hit("A", score=3.2)])
    assert [(each.score, each.scores) for each in found.dense] == [(0.5, {"dense": 0.5})]
    assert [(each.score, each.scores) for each in found.lexical] == [(3.2, {"lexical": 3.2})]
    assert found.dense[0].passage is found.lexical[0].passage


def test_of_two_whole_versions_only_the_newer_counts_in_both_legs() -> None:
    other = hit("other", document="sleep")
    assert kept(leg(hit("old"), hit("new", version=2)), leg(hit("older"), other)) == [["new"], ["other"]]


def test_a_version_that_is_shown_in_part_does_not_count() -> None:
    seen = leg(hit("old"), hit("new", version=2), unfinished="habits 2")
    assert kept(seen) == [["old"]]


def test_a_version_that_is_being_taken_away_does_not_count_even_alone() -> None:
    assert kept(leg(hit("old"), unfinished="habits 1")) == [[]]


def test_two_stagings_of_one_version_are_never_mixed() -> None:
    both = hit("A", staging="a"), hit("B", staging="b")
    assert kept(leg(*both), leg(*reversed(both))) == [["B"], ["B"]]


def test_leaves_whole_versions_as_they_are() -> None:
    hits = hit("old"), hit("other", document="sleep", version=3)
    assert whole([leg(*hits, unfinished="habits 2")]) == [list(hits)]
