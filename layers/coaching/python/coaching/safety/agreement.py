"""How far a sentence agrees with passages, as a row of numbers that the calibrated score of support weighs.

Words, their neighbours and their order, numbers and names are compared. All are 0..1 or small counts, none needs a
model, and each says how much of the sentence stands in the passages, never the other way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from coaching.safety.sources import Pair, Source, names_in
from coaching.safety.words import content, folded

FEATURES: Final = (
    "in one sentence", "in one window", "anywhere", "pairs", "all words", "all pairs", "in order", "longest run",
    "unknown words", "unknown numbers", "unknown names", "of oneself", "question",
)  # fmt: skip
ORDERED: Final = 3
"""Sentences of the passages, those that share most words, in which the order of the words is compared."""
_MOST_UNKNOWN: Final = 6
_MOST_NUMBERS: Final = 3
_LONGEST: Final = 80
"""Words of a text of which the order is compared: longer ones take too long, and say enough with these."""
_ONESELF: Final = frozenset({"i", "i'm", "i've", "i'd", "i'll", "my", "me", "myself"})


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is compared: the stems that carry meaning, and all words."""

    words: tuple[str, ...]
    spoken: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, text: str) -> "Said":
        return cls(tuple(content(text)), folded(text), text)


def agreement(said: Said, sources: Sequence[Source]) -> tuple[float, ...]:
    """Return the row in the order of `FEATURES`."""
    wanted, spoken = frozenset(said.words), frozenset(said.spoken)
    known = frozenset().union(*(source.words for source in sources))
    shared = [
        _best(wanted, (sentence for source in sources for sentence in source.sentences)),
        _best(wanted, (window for source in sources for window in source.windows)),
        _share(wanted, known),
    ]
    pairs = _pairs(frozenset(pairwise(said.words)), [source.pairs for source in sources], shared[2])
    every = _share(spoken, frozenset().union(*(source.spoken_words for source in sources)))
    all_pairs = _pairs(frozenset(pairwise(said.spoken)), [source.spoken_pairs for source in sources], every)
    in_order, run = _order(said.spoken, sources)
    unknown = wanted - known
    return (
        *shared,
        pairs,
        every,
        all_pairs,
        in_order,
        run,
        min(_MOST_UNKNOWN, len(unknown)) / _MOST_UNKNOWN,
        min(_MOST_NUMBERS, sum(word[0].isdigit() for word in unknown)) / _MOST_NUMBERS,
        _unknown_names(said.text, sources),
        _of_oneself(spoken, sources),
        float("?" in said.text),
    )


def _best(wanted: frozenset[str], places: Iterable[frozenset[str]]) -> float:
    return max((len(wanted & place) for place in places), default=0) / max(1, len(wanted))


def _share(wanted: frozenset[str], known: frozenset[str]) -> float:
    return len(wanted & known) / max(1, len(wanted))


def _pairs(wanted: frozenset[Pair], known: Sequence[frozenset[Pair]], of_words: float) -> float:
    if not wanted:
        return of_words
    return sum(any(pair in of_source for of_source in known) for pair in wanted) / len(wanted)


def _order(spoken: tuple[str, ...], sources: Sequence[Source]) -> tuple[float, float]:
    """Return how much of the sentence one sentence of the passages has in the same order, and without a gap."""
    words, wanted = spoken[:_LONGEST], frozenset(spoken)
    sentences = [sentence for source in sources for sentence in source.spoken]
    nearest = sorted(sentences, key=lambda sentence: -len(wanted.intersection(sentence)))[:ORDERED]
    found = [_in_common(words, sentence[:_LONGEST]) for sentence in nearest]
    length = max(1, len(words))
    return max((each[0] for each in found), default=0) / length, max((each[1] for each in found), default=0) / length


def _in_common(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Return how many words both have in the same order, and how many of them follow each other at most."""
    order, runs, longest = [0] * (len(other) + 1), [0] * (len(other) + 1), 0
    for word in one:
        before_order, before_run = 0, 0
        for at, against in enumerate(other, start=1):
            kept_order, kept_run = order[at], runs[at]
            if word == against:
                order[at], runs[at] = before_order + 1, before_run + 1
                longest = max(longest, runs[at])
            else:
                order[at], runs[at] = max(kept_order, order[at - 1]), 0
            before_order, before_run = kept_order, kept_run
    return order[-1], longest


def _unknown_names(text: str, sources: Sequence[Source]) -> float:
    """Return the share of the capitalised words, but for the first word, that the passages do not have at all."""
    first = text.split(maxsplit=1)[:1]
    names = [name for name in names_in(text) if not (first and first[0].lower().startswith(name)) and name != "i"]
    missing = sum(not any(name in source.text.lower() for source in sources) for name in names)
    return missing / max(1, len(names))


def _of_oneself(spoken: frozenset[str], sources: Sequence[Source]) -> float:
    """Return 1 where the sentence tells of a self of which the passages do not."""
    told = any(source.spoken_words & _ONESELF for source in sources)
    return float(bool(spoken & _ONESELF) and not told)
