"""A passage as the checks read it, prepared once for every sentence that is compared with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from coaching.safety.thresholds import NUMBER_REACH, WINDOW
from coaching.safety.words import content, folded

Pair = tuple[str, str]
_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Source:
    """Stems that carry meaning (in windows, sentences and pairs), all words in order, surroundings of numbers, names.

    `spoken` are the words of each sentence, the small ones too; `names` are its capitalised words, in small letters.
    """

    windows: tuple[frozenset[str], ...]
    sentences: tuple[frozenset[str], ...]
    words: frozenset[str]
    pairs: frozenset[Pair]
    spoken: tuple[tuple[str, ...], ...]
    spoken_words: frozenset[str]
    spoken_pairs: frozenset[Pair]
    names: frozenset[str]
    around: Mapping[str, tuple[frozenset[str], ...]]
    text: str


@lru_cache(maxsize=512)
def read_source(text: str) -> Source:
    """Return the passage as the checks read it."""
    words = content(text)
    step = WINDOW // 2
    parts = [part for part in _SENTENCE_END.split(text) if part.strip()]
    spoken = tuple(folded(part) for part in parts)
    around: dict[str, tuple[frozenset[str], ...]] = {}
    for at, word in enumerate(words):
        if word[0].isdigit():
            around[word] = (*around.get(word, ()), neighbours(words, at))
    return Source(
        windows=tuple(frozenset(words[at : at + WINDOW]) for at in range(0, max(1, len(words) - step), step)),
        sentences=tuple(frozenset(content(part)) for part in parts),
        words=frozenset(words),
        pairs=frozenset(pairwise(words)),
        spoken=spoken,
        spoken_words=frozenset(word for sentence in spoken for word in sentence),
        spoken_pairs=frozenset(pair for sentence in spoken for pair in pairwise(sentence)),
        names=frozenset(names_in(text)),
        around=around,
        text=text,
    )


def names_in(text: str) -> Iterator[str]:
    """Yield the capitalised words of `text` in small letters; those at its beginning too."""
    return (found[0].lower().replace("’", "'") for found in _NAME.finditer(text))


def neighbours(words: Sequence[str], at: int) -> frozenset[str]:
    """Return the words around a number that tell what it counts."""
    nearby = [*words[max(0, at - NUMBER_REACH) : at], *words[at + 1 : at + 1 + NUMBER_REACH]]
    return frozenset(word for word in nearby if not word[0].isdigit())
