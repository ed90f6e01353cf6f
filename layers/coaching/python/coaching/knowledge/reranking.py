"""The best of a search looked at once more by a model that reads question and passage together."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from coaching.errors import ModelUnavailable
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ports import Reranker
from coaching.vocabulary import ScoredPassage

MOST_READ = 30
"""Passages that the model reads for one question; each costs about as much as embedding it."""


def reranked(reranker: Reranker, query: str, ranked: Sequence[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Return the passages with the best 30 in the order of the model, whose score theirs is then, 0..1.

    The others follow in the order they had: what the model has not read counts for no more than the least of what it
    has, so their `score` is that least times their own. `scores` keeps the search's own as `fused` and has the model's
    as `reranked`. While the model does not answer, all stay as they were.
    """
    read, rest = ranked[:MOST_READ], ranked[MOST_READ:]
    with suppress(ModelUnavailable):
        scores = reranker.scores(query, [embedding_text(found.passage) for found in read])
        judged = [
            replace(found, score=score, scores={**found.scores, "fused": found.score, "reranked": score})
            for found, score in zip(read, scores, strict=True)
        ]
        least = min(scores, default=0.0)
        unread = [
            replace(found, score=least * found.score, scores={**found.scores, "fused": found.score}) for found in rest
        ]
        # Sorting keeps the order of equals.
        return (*sorted(judged, key=lambda found: -found.score), *unread)
    return tuple(ranked)
