"""Finding the passages that answer a question, within one creator."""

from dataclasses import dataclass

from coaching.knowledge.filters import Filter
from coaching.knowledge.fusion import fuse
from coaching.knowledge.ports import Embedder, PassageReader, Query, Vector
from coaching.knowledge.tenancy import check_tenant
from coaching.vocabulary import CreatorId, ScoredPassage

LEAST_CANDIDATES = 50
CANDIDATES_PER_RESULT = 4


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first, and the query's vector in the embedder's space, for whoever needs it again."""

    passages: tuple[ScoredPassage, ...]
    vector: Vector


@dataclass(frozen=True, slots=True)
class SearchPassages:
    """Ranks a creator's published passages by meaning and by words."""

    embedder: Embedder
    reader: PassageReader

    def __call__(
        self, creator_id: CreatorId, text: str, *, k: int = 5, filters: tuple[Filter, ...] = ()
    ) -> SearchResult:
        """Return at most `k` passages that satisfy every filter.

        Raises: EmbedderUnavailable, SearchUnavailable, CoachingError(tenant_breach).
        """
        vector: Vector = self.embedder.embed([text], "query")[0]
        limit = max(LEAST_CANDIDATES, CANDIDATES_PER_RESULT * k)
        query = Query(text, vector, self.embedder.model, limit, filters)
        candidates = self.reader.candidates(creator_id, query)
        check_tenant(creator_id, (hit.passage for hit in (*candidates.dense, *candidates.lexical)))
        return SearchResult(fuse(candidates, limit=k), vector)
