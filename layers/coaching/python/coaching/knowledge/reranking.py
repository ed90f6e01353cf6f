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
    """Return the passages with the best 30 in the order of the model, which is also in `scores["reranked"]`.

    The others follow as they were. While the model does not answer, so do all.
    """
    read, rest = ranked[:MOST_READ], ranked[MOST_READ:]
    with suppress(ModelUnavailable):
        scores = reranker.scores(query, [embedding_text(found.passage) for found in read])
        judged = [
            replace(found, score=score, scores={**found.scores, "reranked": score})
            for found, score in zip(read, scores, strict=True)
        ]
        # Sorting keeps the order of equals.
        return (*sorted(judged, key=lambda found: -found.score), *rest)
    return tuple(ranked)
