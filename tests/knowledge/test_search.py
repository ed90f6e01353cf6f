"""Searching within one creator."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest

from coaching.errors import CoachingError, EmbedderUnavailable, ModelUnavailable, SearchUnavailable
from coaching.knowledge.filters import Equals
from coaching.knowledge.ports import OTHER_SPACE, Candidates, Embedder, PassageReader, PublishedVersion, Query, Reranker
from coaching.knowledge.search import SearchPassages
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place, ScoredPassage

HEARTH = CreatorId("hearth")
OWN = Passage(PassageId("own"), HEARTH, DocumentId("d"), 1, "Title", "My own habits.", Place(), 0, 14)
FOREIGN = replace(OWN, passage_id=PassageId("foreign"), creator_id=CreatorId("hearth2"))


class OneVector(Embedder):
    """Embeds every text alike and remembers for what it was asked."""

    model = "one/2"
    dimension = 2

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Any:
        assert purpose == "query"
        return np.array([[0.6, 0.8]] * len(texts), np.float32)


class Down(OneVector):
    """Answers nobody."""

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Any:
        raise EmbedderUnavailable("The embedder does not answer.")


class Longest(Reranker):
    """Thinks most of the longest text; `down` means that it does not answer."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        if self.down:
            raise ModelUnavailable("The reranker does not answer.")
        return [len(text) / 1_000 for text in texts]


@dataclass
class GivesBack(PassageReader):
    """Finds what it was made with, whatever is asked."""

    dense: tuple[Passage, ...] = ()
    lexical: tuple[Passage, ...] = ()
    queries: list[tuple[CreatorId, Query]] = field(default_factory=list)

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        self.queries.append((creator_id, query))
        dense, lexical = (tuple(ScoredPassage(each, 0.5) for each in leg) for leg in (self.dense, self.lexical))
        return Candidates(dense, lexical, "v7" if query.versioned else "")

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        return len(self.dense)

    def published(self, creator_id: CreatorId, document_id: DocumentId) -> PublishedVersion:
        raise NotImplementedError


def numbered(count: int) -> tuple[Passage, ...]:
    return tuple(
        replace(OWN, passage_id=PassageId(f"p{number}"), text=f"Habit {number}{'.' * number}")
        for number in range(count)
    )


def test_asks_for_the_creator_with_the_query_embedded() -> None:
    reader = GivesBack(dense=(OWN,))
    found = SearchPassages(OneVector(), reader)(HEARTH, "habits", filters=(Equals("topic", "sleep"),))
    ((creator_id, query),) = reader.queries
    assert (creator_id, query.text, query.embedding_model) == (HEARTH, "habits", "one/2")
    assert query.filters == (Equals("topic", "sleep"),)
    assert query.vector is found.vector
    assert found.vector is not None
    assert found.vector.tolist() == pytest.approx([0.6, 0.8])
    assert [hit.passage for hit in found.passages] == [OWN]
    assert found.retrieval == "hybrid"


def test_tells_the_version_of_what_was_searched_to_whom_wants_it() -> None:
    search = SearchPassages(OneVector(), GivesBack(dense=(OWN,)))
    assert search(HEARTH, "habits", versioned=True).version == "v7"
    assert search(HEARTH, "habits").version == ""


@pytest.mark.parametrize(("k", "limit"), [(1, 50), (5, 50), (12, 50), (13, 52), (100, 400)])
def test_asks_for_four_candidates_a_result_and_at_least_fifty(k: int, limit: int) -> None:
    reader = GivesBack()
    SearchPassages(OneVector(), reader)(HEARTH, "habits", k=k)
    assert reader.queries[0][1].limit == limit


def test_gives_no_more_than_k() -> None:
    many = numbered(9)
    assert len(SearchPassages(OneVector(), GivesBack(dense=many))(HEARTH, "habits").passages) == 5


@pytest.mark.parametrize("leak", [GivesBack(dense=(OWN, FOREIGN)), GivesBack(dense=(OWN,), lexical=(FOREIGN,))])
def test_returns_nothing_when_a_store_leaks_another_creators_passage(leak: GivesBack) -> None:
    with pytest.raises(CoachingError) as breach:
        SearchPassages(OneVector(), leak)(HEARTH, "habits", k=1)
    assert breach.value.code == "tenant_breach"
    assert not isinstance(breach.value, SearchUnavailable)
    assert FOREIGN.text not in str(breach.value)


def test_finds_by_words_alone_while_the_embedder_is_down_and_says_so() -> None:
    reader = GivesBack(lexical=(OWN,))
    found = SearchPassages(Down(), reader)(HEARTH, "habits")
    assert (found.retrieval, found.vector) == ("lexical", None)
    assert [hit.passage for hit in found.passages] == [OWN]
    ((_, query),) = reader.queries
    assert (query.text, query.vector, query.embedding_model) == ("habits", None, "one/2")


def test_finds_by_words_alone_while_the_passages_are_of_another_embedding_model() -> None:
    class OfAnotherModel(GivesBack):
        def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
            if query.vector is not None:
                raise SearchUnavailable("The passages are of another model.", code=OTHER_SPACE)
            return super().candidates(creator_id, query)

    found = SearchPassages(OneVector(), OfAnotherModel(lexical=(OWN,)))(HEARTH, "habits")
    assert (found.retrieval, found.vector) == ("lexical", None)
    assert [hit.passage for hit in found.passages] == [OWN]


def test_does_not_hide_a_store_that_is_down() -> None:
    class NoStore(GivesBack):
        def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
            raise SearchUnavailable("The store does not answer.")

    with pytest.raises(SearchUnavailable):
        SearchPassages(Down(), NoStore())(HEARTH, "habits")


def test_lets_a_reranker_choose_among_the_best() -> None:
    search = SearchPassages(OneVector(), GivesBack(dense=numbered(9)), Longest())
    found = search(HEARTH, "habits", k=2).passages
    assert [hit.passage.passage_id for hit in found] == ["p8", "p7"]
    assert [hit.score for hit in found] == [hit.scores["reranked"] for hit in found]
    assert found[0].scores["dense"] == 0.5


def test_reranks_no_more_than_thirty() -> None:
    search = SearchPassages(OneVector(), GivesBack(dense=numbered(40)), Longest())
    found = search(HEARTH, "habits", k=40).passages
    assert ["reranked" in hit.scores for hit in found] == [True] * 30 + [False] * 10


def test_scores_fall_from_the_first_to_the_last_whoever_gave_them() -> None:
    reader = GivesBack(dense=numbered(40))
    alone = {
        hit.passage.passage_id: hit.score for hit in SearchPassages(OneVector(), reader)(HEARTH, "x", k=40).passages
    }
    found = SearchPassages(OneVector(), reader, Longest())(HEARTH, "x", k=40).passages
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert {hit.passage.passage_id: hit.scores["fused"] for hit in found} == alone


def test_keeps_its_own_order_while_the_reranker_is_down() -> None:
    reader = GivesBack(dense=numbered(9))
    alone, helped = (SearchPassages(OneVector(), reader, each)(HEARTH, "x") for each in (None, Longest(down=True)))
    assert helped.passages == alone.passages


def test_shows_a_near_duplicate_only_after_what_says_something_else() -> None:
    text = "Light an ember within two days after a missed one, and never repay the minutes that you missed."
    passages = [
        replace(OWN, passage_id=PassageId(name), text=words)
        for name, words in (("a", text), ("a-again", f"{text} Ever."), ("b", "Sleep is the first anchor of a day."))
    ]
    search = SearchPassages(OneVector(), GivesBack(dense=tuple(passages)))
    assert [hit.passage.passage_id for hit in search(HEARTH, "x", k=2).passages] == ["a", "b"]
    assert [hit.passage.passage_id for hit in search(HEARTH, "x", k=3).passages] == ["a", "b", "a-again"]
