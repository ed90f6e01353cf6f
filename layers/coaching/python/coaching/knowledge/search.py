"""Finding the passages that answer a question, within one creator."""

from contextlib import suppress
from dataclasses import dataclass, replace

from coaching.errors import EmbedderUnavailable, SearchUnavailable
from coaching.knowledge.diversity import varied
from coaching.knowledge.filters import Filter
from coaching.knowledge.fusion import fuse
from coaching.knowledge.ports import OTHER_SPACE, Embedder, PassageReader, Query, Reranker, Vector
from coaching.knowledge.reranking import reranked
from coaching.knowledge.tenancy import check_tenant
from coaching.vocabulary import CreatorId, Retrieval, ScoredPassage

LEAST_CANDIDATES = 50
CANDIDATES_PER_RESULT = 4


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first, and the query's vector in the embedder's space; None while nothing could embed it.

    `version` is that of what was searched (`Candidates.version`).
    """

    passages: tuple[ScoredPassage, ...]
    vector: "Vector | None"
    version: str = ""

    @property
    def retrieval(self) -> Retrieval:
        return "lexical" if self.vector is None else "hybrid"


@dataclass(frozen=True, slots=True)
class SearchPassages:
    """Ranks a creator's published passages by meaning and words, or by words alone where nothing compares meanings."""

    embedder: Embedder
    reader: PassageReader
    reranker: Reranker | None = None

    def __call__(
        self,
        creator_id: CreatorId,
        text: str,
        *,
        k: int = 5,
        filters: tuple[Filter, ...] = (),
        versioned: bool = False,
    ) -> SearchResult:
        """Return at most `k` passages that satisfy every filter, and the version of what was searched if wanted.

        Raises: SearchUnavailable, CoachingError(tenant_breach).
        """
        vector = self._vector(text)
        limit = max(LEAST_CANDIDATES, CANDIDATES_PER_RESULT * k)
        query = Query(text, vector, self.embedder.model, limit, filters, versioned)
        try:
            candidates = self.reader.candidates(creator_id, query)
        except SearchUnavailable as error:
            if error.code != OTHER_SPACE:
                raise
            # While one embedding model follows another; words are the same in both.
            vector, candidates = None, self.reader.candidates(creator_id, replace(query, vector=None))
        check_tenant(creator_id, (hit.passage for hit in (*candidates.dense, *candidates.lexical)))
        ranked = fuse(candidates, limit=limit)
        if self.reranker:
            ranked = reranked(self.reranker, text, ranked)
        return SearchResult(varied(ranked, k), vector, candidates.version)

    def _vector(self, text: str) -> "Vector | None":
        with suppress(EmbedderUnavailable):
            vector: Vector = self.embedder.embed([text], "query")[0]
            return vector
        return None
