"""Two ranked lists become one: min-max scores of the meaning and the words, summed with weights.

Within each leg a passage's part is `(score - lowest) / (highest - lowest)` over that leg's candidates, so the best
of a leg has 1 and its last has 0. The fused score is `dense_weight * dense part + lexical_weight * lexical part`.

- A passage that a leg did not find has part 0 in it.
- Where a leg's scores are all equal (one candidate among them), every part is 1: to be found beats not to be found.
- An empty leg adds nothing. The weights stay as they are, so the best score is then the other leg's weight.
- Equal scores are ordered by passage id: the same candidates always give the same order.

Source: weighted sum after min-max normalisation, "relative score fusion" in Bruch, Gai and Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval" (2023), which finds it better than rank fusion and little sensitive to weights.
"""

from collections.abc import Sequence

from coaching.knowledge.ports import Candidates
from coaching.vocabulary import PassageId, ScoredPassage


def fuse(
    candidates: Candidates, *, dense_weight: float = 0.7, lexical_weight: float = 0.3, limit: int
) -> tuple[ScoredPassage, ...]:
    """Return the best `limit` passages of both legs, best first, each once.

    Weights are 0 or more and sum to 1, so `score` is 0..1. `scores` has, where the leg found the passage, the raw
    `dense` (cosine) and `lexical` (BM25), and always `dense_part` and `lexical_part` (0..1).
    """
    dense_parts, lexical_parts = _parts(candidates.dense), _parts(candidates.lexical)

    def total(passage_id: PassageId) -> float:
        return dense_weight * dense_parts.get(passage_id, 0.0) + lexical_weight * lexical_parts.get(passage_id, 0.0)

    best = sorted(dense_parts.keys() | lexical_parts.keys(), key=lambda key: (-total(key), key))[:limit]
    dense, lexical = _by_id(candidates.dense), _by_id(candidates.lexical)
    fused = []
    for key in best:
        found = {name: leg[key] for name, leg in (("dense", dense), ("lexical", lexical)) if key in leg}
        scores = {name: hit.score for name, hit in found.items()}
        scores |= {"dense_part": dense_parts.get(key, 0.0), "lexical_part": lexical_parts.get(key, 0.0)}
        fused.append(ScoredPassage(next(iter(found.values())).passage, total(key), scores))
    return tuple(fused)


def _parts(leg: Sequence[ScoredPassage]) -> dict[PassageId, float]:
    if not leg:
        return {}
    scores = [hit.score for hit in leg]
    lowest, span = min(scores), max(scores) - min(scores)
    return {hit.passage.passage_id: (hit.score - lowest) / span if span else 1.0 for hit in leg}


def _by_id(leg: Sequence[ScoredPassage]) -> dict[PassageId, ScoredPassage]:
    return {hit.passage.passage_id: hit for hit in leg}
