"""English text as index terms: lower case, no stop words, endings cut so that "habits" finds "habit"."""

import re
from collections.abc import Callable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_STOP_WORDS = frozenset(
    _WORD.findall("""
        a about an and any are as at be been being but by can can't could did didn't do does doesn't doing don't for
        from had has have having he her hers him his how i i'd i'll i'm i've if in into is isn't it it's its me my no
        nor not of on or our ours she should so some such than that that's the their theirs them then there these they
        this those to too was we we're were what when where which who whom why will with won't would you you're your
        yours
    """)
)
_VOWEL = re.compile(r"[aeiouy]")


def terms(text: str) -> list[str]:
    """Return the text's terms in order, repetitions included."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    return [stem(word) for word in words if word not in _STOP_WORDS]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the word without its plural, -ed, -ing and possessive ending.

    Source: steps 1a, 1b and 1c of M. F. Porter, "An algorithm for suffix stripping" (1980); the later steps, which
    also merge words of different meaning, are left out.
    """
    word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    for step in _STEPS:
        word = step(word)
    return word


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


def _without_participle(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _VOWEL.search(word[:-3]) else word
    for ending in ("ed", "ing"):
        start = word.removesuffix(ending)
        if start != word and len(start) > 1 and _VOWEL.search(start):
            return _mended(start)
    return word


def _mended(start: str) -> str:
    if start[-1] == start[-2] and start[-1] not in "lsz":
        return start[:-1]
    return start


def _with_i(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and _VOWEL.search(word[:-1]) else word


def _without_final_e(word: str) -> str:
    """Make "coaching" and "coach", "writing" and "write" meet: no later step of Porter's does it here."""
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_STEPS: tuple[Callable[[str], str], ...] = (_without_plural, _without_participle, _with_i, _without_final_e)
