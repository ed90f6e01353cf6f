"""Two ranked lists become one: each leg's scores over its best, summed with a weight that the words earn.

- `dense_part` is the cosine over the best cosine (below 0 it is 0). Where a store does not tell the cosine of a passage
  that only words found, it is at most the lowest of the list: it is taken for 0.7 of that.
- `lexical_part` is the BM25 score over the best one; 0 where the words did not find the passage.
- `score = (1 - w) * dense_part + w * lexical_part`, with `w = 0.65 * (1 - mean lexical_part of the best 20)`, where
  ranks that nobody holds count as 0. Where one passage stands out by its words, as for a name or an error message,
  w comes near 0.6; where all are alike, as for a long personal story, the words tell little and w is about 0.25.
- A leg that found nothing has no weight. Equal scores are ordered by cosine, then by passage id.

Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023), who find a weighted sum on
theoretical instead of observed minima best. One weight for all queries did not hold here: over ten sets 0.5 lost up to
.05 nDCG@10 to the dense leg on long stories, 0.3 lost .015 there and .003 to the lexical leg on technical questions,
rank fusion lost .06; this loses .002 at most. `python -m benchmarks.retrieval` prints what it gives.
"""

from collections.abc import Iterable, Mapping

from coaching.knowledge.ports import Candidates
from coaching.vocabulary import PassageId, ScoredPassage

MOST_LEXICAL = 0.65
TELLING_RANKS = 20
UNSEEN = 0.7

Scores = Mapping[PassageId, float]


def fuse(candidates: Candidates, *, limit: int) -> tuple[ScoredPassage, ...]:
    """Return the best `limit` passages of both legs, best first, each once, with a `score` of 0..1.

    `scores` has the raw `dense` (cosine) and `lexical` (BM25) where they are known, and always `dense_part` and
    `lexical_part` (0..1).
    """
    passages = {hit.passage.passage_id: hit.passage for hit in (*candidates.dense, *candidates.lexical)}
    dense, lexical = _known("dense", candidates), _known("lexical", candidates)
    dense_parts, lexical_parts = _parts(dense), _parts(lexical)
    unseen = UNSEEN * min(dense_parts.values(), default=0.0)
    weight = _weight_of_words(dense_parts, lexical_parts)

    def order(key: PassageId) -> tuple[float, float, str]:
        score = (1 - weight) * dense_parts.get(key, unseen) + weight * lexical_parts.get(key, 0.0)
        return -score, -dense.get(key, -1.0), key

    def scored(score: float, key: PassageId) -> ScoredPassage:
        raw = {name: leg[key] for name, leg in (("dense", dense), ("lexical", lexical)) if key in leg}
        parts = {"dense_part": dense_parts.get(key, unseen), "lexical_part": lexical_parts.get(key, 0.0)}
        return ScoredPassage(passages[key], score, raw | parts)

    return tuple(scored(-negative, PassageId(key)) for negative, _, key in sorted(map(order, passages))[:limit])


def _known(leg: str, candidates: Candidates) -> dict[PassageId, float]:
    """Return the leg's raw scores, also of what the other leg found and the store has scored in both."""
    hits: Iterable[ScoredPassage] = (*candidates.dense, *candidates.lexical)
    known = {hit.passage.passage_id: hit.scores[leg] for hit in hits if leg in hit.scores}
    return known | {hit.passage.passage_id: hit.score for hit in getattr(candidates, leg)}


def _parts(scores: Scores) -> Scores:
    best = max(scores.values(), default=0.0)
    return {key: max(score, 0.0) / best if best > 0 else 0.0 for key, score in scores.items()}


def _weight_of_words(dense: Scores, lexical: Scores) -> float:
    if not dense or not any(lexical.values()):
        return float(not dense)
    best = sorted(lexical.values(), reverse=True)[:TELLING_RANKS]
    return MOST_LEXICAL * (1 - sum(best) / TELLING_RANKS)
