"""From OpenSearch's hits to ours, and which of them belong together.

A publication shows passage by passage, and anybody's refresh of the shared index may let readers see it in between.
Two marks tell what is whole. A version of which passages are hidden at the same moment is none that counts: it is
still being shown, or it is being taken away. Of two that are whole the newer one counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coaching.adapters.search.opensearch_answers import Json, hits, stagings
from coaching.adapters.search.opensearch_documents import passage_of
from coaching.knowledge.ports import Candidates
from coaching.vocabulary import Passage, ScoredPassage


@dataclass(frozen=True, slots=True)
class Leg:
    """What one search saw at one moment: its hits, and the calls of `stage` that have hidden passages."""

    hits: Sequence[Json]
    unfinished: frozenset[str]


def leg_of(answer: Json) -> Leg:
    return Leg(hits(answer), stagings(answer))


def whole(legs: Sequence[Leg]) -> list[Sequence[Json]]:
    """Return each leg's hits of one version of each document, the newest that is whole."""
    kept = [[hit for hit in leg.hits if hit["_source"]["staging"] not in leg.unfinished] for leg in legs]
    newest = {version[0]: version for version in sorted({_version(hit) for found in kept for hit in found})}
    return [[hit for hit in found if newest[_document(hit)] == _version(hit)] for found in kept]


def candidates_of(dense: Iterable[Json], lexical: Iterable[Json]) -> Candidates:
    """Return both legs; what both found is built once."""
    built: dict[str, Passage] = {}
    # OpenSearch scores a cosine as (1 + cosine) / 2.
    return Candidates(
        tuple(_scored("dense", hit, 2 * hit["_score"] - 1, built) for hit in dense),
        tuple(_scored("lexical", hit, hit["_score"], built) for hit in lexical),
    )


def _document(hit: Json) -> str:
    return str(hit["_source"]["document_id"])


def _version(hit: Json) -> tuple[str, int, str]:
    """Return what is the same for passages that are shown together; a version may have been staged anew."""
    source = hit["_source"]
    return _document(hit), source["version"], source["staging"]


def _scored(leg: str, hit: Json, score: float, built: dict[str, Passage]) -> ScoredPassage:
    name = hit["_id"]
    if (passage := built.get(name)) is None:
        passage = built[name] = passage_of(hit["_source"])
    return ScoredPassage(passage, score, {leg: score})
