"""Polarity: "never skip the kindling" and "just skip the kindling" share their words and say the opposite.

Of the sentences of the material that are about the same things, the most similar one decides. A negation negates the
next word that carries meaning and may reach the rest of its clause; that is written down here, not parsed, and where it
errs it refuses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coaching.safety.words import carries_meaning, folded, stem

REACH = 4
"""Words between a negation and what it negates, at most."""
ABOUT_THE_SAME = 0.5
"""Least share of the words of the shorter of two sentences that both must have."""
_SENTENCE_END = re.compile(r"[.!?…;\n]+")
_CLAUSE_END = re.compile(r"[,:()–—|]+|\b(?:and|but|so|because|then|just|instead|when|if|while|until|unless)\b", re.I)
_PROPOSAL = re.compile(r"\bwhy (?:not|don['’]t (?:you|we))\b|\bnot only\b|\bwhether or not\b", re.IGNORECASE)
"""Words that look like a negation and are none."""
_NEGATIONS = """
    never not no without cannot dont doesnt didnt cant wont isnt wasnt arent shouldnt wouldnt
"""
_NOT = frozenset(_NEGATIONS.split())
_MAY_NEGATE = re.compile(r"n['’]t\b|\b(?:avoids?|stop|" + "|".join(sorted(_NOT)) + r")\b", re.IGNORECASE)
"""At least every sentence that has a negation; reading a sentence costs fifty times as much."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """The stems of one sentence: all of them, right under a negation, perhaps reached by one, and free of one."""

    words: frozenset[str]
    negated: frozenset[str]
    reached: frozenset[str]
    asserted: frozenset[str]

    def is_denied_by(self, source: "Polarity") -> bool:
        """Return whether the source negates what this sentence asserts, or the other way round."""
        if not self._only_asserted().isdisjoint(source._only_negated()):
            return True
        # "Two a week, and never in a row" is said again by "never two in a row": both negations meet in the row.
        meet = not source.negated.isdisjoint(self.reached | self.negated)
        return not meet and not source._only_asserted().isdisjoint(self._only_negated())

    def _only_negated(self) -> frozenset[str]:
        return self.negated - self.asserted

    def _only_asserted(self) -> frozenset[str]:
        return self.asserted - self.negated - self.reached

    def likeness(self, other: "Polarity") -> float:
        """Return 0..1: the share of their words that both have; 0 where they are not about the same things."""
        shared = len(self.words & other.words)
        shorter = min(len(self.words), len(other.words))
        if not shared or shared < min(2, shorter) or shared < ABOUT_THE_SAME * shorter:
            return 0.0
        return shared / len(self.words | other.words)


@lru_cache(maxsize=512)
def polarities(text: str) -> tuple[Polarity, ...]:
    """Return the polarity of each sentence of `text` that has a word that carries meaning."""
    read = map(_polarity, _parts(text))
    return tuple(each for each in read if each.words)


def contradicted(sentence: str, material: Iterable[str]) -> bool:
    """Return whether the texts say the opposite of a part of `sentence`, and nothing like it says the same."""
    texts = tuple(material)
    return any(_opposed(said, texts) for said in polarities(sentence))


def _opposed(said: Polarity, texts: Sequence[str]) -> bool:
    # One of the two must hold a negation, and few sentences do: the others are read only where there is a quarrel.
    suspects = _all(texts) if said.negated or said.reached else [each for text in texts for each in _negating(text)]
    against = max((said.likeness(source) for source in suspects if said.is_denied_by(source)), default=0.0)
    if not against:
        return False
    return against >= max((said.likeness(each) for each in _all(texts) if not said.is_denied_by(each)), default=0.0)


def _all(texts: Sequence[str]) -> list[Polarity]:
    return [each for text in texts for each in polarities(text)]


@lru_cache(maxsize=512)
def _negating(text: str) -> tuple[Polarity, ...]:
    return tuple(_polarity(part) for part in _parts(text) if _MAY_NEGATE.search(part))


def _parts(text: str) -> list[str]:
    return _SENTENCE_END.split(_PROPOSAL.sub(" ", text))


def _polarity(sentence: str) -> Polarity:
    found: tuple[set[str], set[str], set[str]] = set(), set(), set()
    for clause in _CLAUSE_END.split(sentence):
        for word, depth in _read(folded(clause)):
            found[depth].add(word)
    asserted, negated, reached = map(frozenset, found)
    return Polarity(asserted | negated | reached, negated, reached, asserted)


def _read(clause: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the stems that carry meaning, with 0 where they are free of a negation, 1 right under one, 2 behind it."""
    signs = [_negates(word, clause[at + 1 : at + 2]) for at, word in enumerate(clause)]
    # "Never practise without a timer" asks for the timer: what two negations leave is not told by their words.
    single, depth, left = sum(signs) == 1, 0, 0
    for word, sign in zip(clause, signs, strict=True):
        left -= 1
        if sign:
            depth, left = int(single), REACH
        elif carries_meaning(word) and not word.endswith("ly"):
            plain = word[0].isdigit() or (depth == 1 and left < 0)
            yield stem(word), 2 if depth and plain else depth
            depth = 2 if depth and not word[0].isdigit() else depth


def _negates(word: str, following: Sequence[str]) -> bool:
    if word in _NOT or word.endswith("n't"):
        return True
    return word in ("avoid", "avoids", "stop") and any(other.endswith("ing") for other in following)
