"""What a model is told and must not tell, and what a creator never says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from coaching.safety.words import folded
from coaching.vocabulary import Scalar

NEVER_SAYS_SETTING: Final = "never_says"
"""A creator's setting: words and phrases, set apart by commas, that no model says in their name."""
LEAK: Final = 7
"""Words in a row of the instructions that are no chance."""


def never_said(settings: Mapping[str, Scalar]) -> tuple[str, ...]:
    """Return what the creator never says, each as it was written."""
    return tuple(phrase.strip() for phrase in str(settings.get(NEVER_SAYS_SETTING, "")).split(",") if phrase.strip())


def broken_rules(sentence: str, never: Collection[str], instructions: Collection[str]) -> Iterator[str]:
    """Yield why a generated sentence may not be said in the creator's name."""
    words = folded(sentence)
    if any(_stands(folded(phrase), words) for phrase in never):
        yield "words that the creator never says"
    if any(not _runs(sentence).isdisjoint(_runs(text)) for text in instructions):
        yield "instructions that are not to be told"


def _stands(phrase: Sequence[str], words: Sequence[str]) -> bool:
    length = len(phrase)
    return bool(phrase) and any(tuple(words[at : at + length]) == tuple(phrase) for at in range(len(words)))


@lru_cache(maxsize=64)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = folded(text)
    return frozenset(tuple(words[at : at + LEAK]) for at in range(len(words) - LEAK + 1))
