"""From OpenSearch's hits to ours."""

from collections.abc import Iterable

from coaching.adapters.search.opensearch_answers import Json
from coaching.adapters.search.opensearch_documents import passage_of
from coaching.knowledge.ports import Candidates
from coaching.vocabulary import DocumentId, Passage, ScoredPassage

Hits = tuple[ScoredPassage, ...]


def candidates_of(dense: Iterable[Json], lexical: Iterable[Json]) -> Candidates:
    """Return both legs; what both found is built once."""
    built: dict[str, Passage] = {}
    # OpenSearch scores a cosine as (1 + cosine) / 2.
    return Candidates(
        tuple(_scored("dense", hit, 2 * hit["_score"] - 1, built) for hit in dense),
        tuple(_scored("lexical", hit, hit["_score"], built) for hit in lexical),
    )


def newest_versions(found: Candidates) -> Candidates:
    """Return the hits without those of older versions than others have; the very same where there are none."""
    versions = {(hit.passage.document_id, hit.passage.version) for hit in (*found.dense, *found.lexical)}
    newest: dict[DocumentId, int] = dict(sorted(versions))
    if len(newest) == len(versions):
        return found

    def kept(hits: Hits) -> Hits:
        return tuple(hit for hit in hits if hit.passage.version == newest[hit.passage.document_id])

    return Candidates(kept(found.dense), kept(found.lexical))


def _scored(leg: str, hit: Json, score: float, built: dict[str, Passage]) -> ScoredPassage:
    name = hit["_id"]
    if (passage := built.get(name)) is None:
        passage = built[name] = passage_of(hit["_source"])
    return ScoredPassage(passage, score, {leg: score})
