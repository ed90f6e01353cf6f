"""What `confidence` of a reply means. This is its only definition.

`confidence` is 0..1 and says how far the creator's material carries what the reply claims. For an answer or a quote it
is the geometric mean of three shares, so that one weak link pulls it down and a missing one makes it 0:

- retrieval strength: how close the best passage came to the question (`retrieval_strength`);
- groundedness: how well the claims agree with the passages (`coaching.safety.groundedness`);
- cited share: how many of the claims carry a citation.

A reply that claims nothing (small talk, a question back) has 1: there is nothing to doubt. An abstention has 0, since
the material carries nothing, and an apology has 0. It is no probability and is comparable only for the same embedder.
"""

from collections.abc import Sequence

from coaching.safety.thresholds import RETRIEVAL_CEILING, RETRIEVAL_FLOOR
from coaching.vocabulary import ReplyKind, ScoredPassage


def confidence(kind: ReplyKind, *, retrieval: float, groundedness: float, claims: int, cited: int) -> float:
    """Return the reply's confidence. `cited` counts those of its `claims` that carry a citation."""
    if kind not in ("answer", "quote"):
        return 0.0
    if not claims:
        return 1.0
    product = _share(retrieval) * _share(groundedness) * _share(cited / claims)
    return round(float(product ** (1 / 3)), 4)


def retrieval_strength(passages: Sequence[ScoredPassage]) -> float:
    """Return 0..1 from the best raw cosine among the passages; 0 without passages or without a cosine."""
    best = max((passage.scores.get("dense", 0.0) for passage in passages), default=0.0)
    return _share((best - RETRIEVAL_FLOOR) / (RETRIEVAL_CEILING - RETRIEVAL_FLOOR))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
