"""Text as index terms: lower case, no stop words, endings cut so that "habits" finds "habit".

How that is done depends on the language, which a stage names. Terms of different analyzers are not comparable: an
analyzer's `name` is to be kept with what was indexed by it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import get_args

from coaching.adapters.search.stop_words import ENGLISH, STOP_WORDS
from coaching.vocabulary import Language

__all__ = ["LANGUAGES", "Analyzer", "Language", "analyzer", "stem", "terms"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Each, save `any`, is also the name of a built-in analyzer of OpenSearch."""
REVISION = 1
"""Raise it when the same language gives other terms."""

Stem = Callable[[str], str]
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_COMMON_MARKS = "“”‘–—…\u00a0"
"""They stand in otherwise plain texts."""
_LOWER_OR_SPACE = {code: chr(code).lower() if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}
_LAST_APOSTROPHE = re.compile(r"'(?![^\W_])")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Makes terms of one language's text."""

    language: Language
    stem: Stem
    stop_words: frozenset[str]

    @property
    def name(self) -> str:
        """What tells its terms from those of every other analyzer."""
        return f"{self.language}-{REVISION}"

    def terms(self, text: str) -> list[str]:
        """Return the text's terms in order, repetitions included."""
        return [term for term in map(self.term, words(text)) if term]

    def term(self, word: str) -> str:
        """Return the term of one of the text's `words`, empty for a stop word."""
        return "" if word in self.stop_words else self.stem(word)


@cache
def analyzer(language: Language = "english") -> Analyzer:
    """Return the language's analyzer, one per process."""
    if language == "english":
        return Analyzer(language, stem, ENGLISH)
    if language == "any":
        return Analyzer(language, str, frozenset())
    return Analyzer(language, _snowball(language), STOP_WORDS[language])


def words(text: str) -> list[str]:
    """Return the words in order, in lower case, with the apostrophes within them."""
    text = simplified(text)
    if not text.isascii():
        return _WORD.findall(text)
    # The same for most texts, five times as fast: what is no part of a word becomes a space.
    text = f" {text} ".translate(_LOWER_OR_SPACE)
    if "'" in text:
        text = _LAST_APOSTROPHE.sub(" ", text).replace(" '", " ")
    return text.split()


def simplified(text: str) -> str:
    """Return a text of the same words: as it is where it is ASCII, else in lower case and without typographic marks."""
    if text.isascii():
        return text
    text = text.casefold().replace("’", "'")
    for mark in _COMMON_MARKS:
        text = text.replace(mark, " ")
    return text


def terms(text: str) -> list[str]:
    """Return the terms of English text in order, repetitions included."""
    return analyzer().terms(text)


def _snowball(language: str) -> Stem:
    """Return the Snowball stemmer of a language (snowballstem.org), which remembers the words it has seen."""
    from snowballstemmer import stemmer

    snowball, guard = stemmer(language), Lock()

    @lru_cache(maxsize=65_536)
    def stemmed(word: str) -> str:
        # It keeps the word in itself while it works, and threads share this function.
        with guard:
            cut: str = snowball.stemWord(word)
        return cut

    return stemmed


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the English word without its plural, -ed, -ing and possessive ending.

    Source: steps 1a, 1b and 1c of M. F. Porter, "An algorithm for suffix stripping" (1980). The later steps, which
    also merge words of different meaning, are left out: over four retrieval sets the whole algorithm and its successor
    gave nDCG@10 of the words alone between .0065 lower and .004 higher (`benchmarks/retrieval.py` has the sets).
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
