"""From OpenSearch's hits to candidates."""

from typing import Any

from coaching.adapters.search.opensearch_documents import Stored, source
from coaching.adapters.search.opensearch_hits import candidates_of, newest_versions
from coaching.vocabulary import DocumentId
from tests.adapters.search.samples import passage


def hit(text: str, *, version: int = 1, document: str = "habits", score: float = 1.0) -> dict[str, Any]:
    item = passage(text, version=version, document_id=DocumentId(document))
    return {"_id": text, "_score": score, "_source": source(Stored(item, 0, "staging", "hash/8"))}


def test_turns_scores_back_into_cosines_and_builds_a_passage_once() -> None:
    found = candidates_of([hit("A", score=0.75)], [hit("A", score=3.2)])
    assert [(each.score, each.scores) for each in found.dense] == [(0.5, {"dense": 0.5})]
    assert [(each.score, each.scores) for each in found.lexical] == [(3.2, {"lexical": 3.2})]
    assert found.dense[0].passage is found.lexical[0].passage


def test_a_publication_seen_halfway_is_never_a_mixture() -> None:
    found = candidates_of([hit("old"), hit("new", version=2)], [hit("older"), hit("other", document="sleep")])
    kept = newest_versions(found)
    assert [each.passage.text for each in kept.dense] == ["new"]
    assert [each.passage.text for each in kept.lexical] == ["other"]


def test_leaves_whole_versions_as_they_are() -> None:
    found = candidates_of([hit("old")], [hit("other", document="sleep", version=3)])
    assert newest_versions(found) is found
