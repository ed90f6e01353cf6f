"""Near-duplicates step back, so that what says the same twice takes no place from what says something else."""

from collections.abc import Sequence
from itertools import chain

from coaching.vocabulary import ScoredPassage

ALIKE = 0.8
"""Least share of words in common (those in both of those in either) at which two passages say the same.

Two editions of a page or a text with a few words changed lie above; neighbours of a document that overlap by a fifth
lie far below, and so do entries written after one pattern. With three edited copies beside each document, as
`python -m benchmarks.retrieval --duplicates` makes them, 300 questions of `dtc_faq` have nDCG@10 .870 instead of .836
(.886 without copies), of `fitness` .891 instead of .865; .75 to .85 do as well, .95 does half. Without copies `dtc_faq`
loses nothing and `fitness`, which has entries twice, .003.
"""


def varied(ranked: Sequence[ScoredPassage], limit: int) -> tuple[ScoredPassage, ...]:
    """Return the best `limit`, best first. What nearly repeats a better one comes only when all else was taken."""
    kept: list[tuple[ScoredPassage, frozenset[str]]] = []
    repeating: list[ScoredPassage] = []
    for found in ranked:
        if len(kept) == limit:
            break
        words = frozenset(found.passage.text.casefold().split())
        if any(_alike(words, other) for _, other in kept):
            repeating.append(found)
        else:
            kept.append((found, words))
    return tuple(chain((found for found, _ in kept), repeating))[:limit]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer, more = sorted((len(one), len(other)))
    # Of sets so different in size the share cannot be reached.
    if fewer < ALIKE * more:
        return False
    # With c in common of a and b, the share is c / (a + b - c).
    return len(one & other) * (1 + ALIKE) >= ALIKE * (fewer + more)
