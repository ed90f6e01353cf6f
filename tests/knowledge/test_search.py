"""Searching within one creator."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest

from coaching.errors import CoachingError, SearchUnavailable
from coaching.knowledge.filters import Equals
from coaching.knowledge.ports import Candidates, Embedder, PassageReader, Query
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


@dataclass
class GivesBack(PassageReader):
    """Finds what it was made with, whatever is asked."""

    dense: tuple[Passage, ...] = ()
    lexical: tuple[Passage, ...] = ()
    queries: list[tuple[CreatorId, Query]] = field(default_factory=list)

    def candidates(self, creator_id: CreatorId, query: Query) -> Candidates:
        self.queries.append((creator_id, query))
        return Candidates(*(tuple(ScoredPassage(each, 0.5) for each in leg) for leg in (self.dense, self.lexical)))

    def count(self, creator_id: CreatorId, document_id: DocumentId) -> int:
        return len(self.dense)


def test_asks_for_the_creator_with_the_query_embedded() -> None:
    reader = GivesBack(dense=(OWN,))
    found = SearchPassages(OneVector(), reader)(HEARTH, "habits", filters=(Equals("topic", "sleep"),))
    ((creator_id, query),) = reader.queries
    assert (creator_id, query.text, query.embedding_model) == (HEARTH, "habits", "one/2")
    assert query.filters == (Equals("topic", "sleep"),)
    assert query.vector is found.vector
    assert found.vector.tolist() == pytest.approx([0.6, 0.8])
    assert [hit.passage for hit in found.passages] == [OWN]


@pytest.mark.parametrize(("k", "limit"), [(1, 50), (5, 50), (12, 50), (13, 52), (100, 400)])
def test_asks_for_four_candidates_a_result_and_at_least_fifty(k: int, limit: int) -> None:
    reader = GivesBack()
    SearchPassages(OneVector(), reader)(HEARTH, "habits", k=k)
    assert reader.queries[0][1].limit == limit


def test_gives_no_more_than_k() -> None:
    many = tuple(replace(OWN, passage_id=PassageId(f"p{number}")) for number in range(9))
    assert len(SearchPassages(OneVector(), GivesBack(dense=many))(HEARTH, "habits").passages) == 5


@pytest.mark.parametrize("leak", [GivesBack(dense=(OWN, FOREIGN)), GivesBack(dense=(OWN,), lexical=(FOREIGN,))])
def test_returns_nothing_when_a_store_leaks_another_creators_passage(leak: GivesBack) -> None:
    with pytest.raises(CoachingError) as breach:
        SearchPassages(OneVector(), leak)(HEARTH, "habits", k=1)
    assert breach.value.code == "tenant_breach"
    assert not isinstance(breach.value, SearchUnavailable)
    assert FOREIGN.text not in str(breach.value)
