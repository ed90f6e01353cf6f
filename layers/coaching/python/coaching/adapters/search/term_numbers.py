"""Texts as the numbers of their terms, which arrays can hold: 64 bits of each term's hash.

Among a million different terms two have the same number with a chance of 1 in 36 million.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.search.columns import Ints
from coaching.adapters.search.words import Analyzer, simplified, words

Numbers = NDArray[np.uint64]
_NO_TERM: Final = 0
_WORDS_KEPT: Final = 200_000
_APOSTROPHE: Final = ord("'")


class Terms(NamedTuple):
    """The terms of some texts: the number of each, ascending, and for every place where one stands which and where."""

    numbers: Numbers
    ranks: Ints
    texts: Ints


def terms_of(texts: Sequence[str], analyzer: Analyzer) -> Terms:
    """Return the terms of all texts, repetitions included, in no order."""
    simple = [simplified(text) for text in texts]
    plain = np.flatnonzero([text.isascii() for text in simple])
    other = np.flatnonzero([not text.isascii() for text in simple])
    numbers, places, owners = _of_ascii([simple[text] for text in plain.tolist()], _known_words(analyzer))
    rest = [np.array(_of_words(texts[text], analyzer), np.uint64) for text in other.tolist()]
    all_numbers = np.concatenate([numbers, *rest])
    all_places = np.concatenate([places, np.arange(len(numbers), len(all_numbers))])
    holders = np.concatenate([plain[owners], np.repeat(other, [len(each) for each in rest])])
    terms, ranks = np.unique(all_numbers, return_inverse=True)
    found = Terms(terms, ranks[all_places], holders)
    return _without_first(found) if len(terms) and terms[0] == _NO_TERM else found


def _without_first(terms: Terms) -> Terms:
    kept = terms.ranks > 0
    return Terms(terms.numbers[1:], terms.ranks[kept] - 1, terms.texts[kept])


def numbers_of_question(text: str, analyzer: Analyzer) -> list[int]:
    """Return the numbers of a short text's terms, repetitions included."""
    return [number for number in _of_words(text, analyzer) if number != _NO_TERM]


def _of_words(text: str, analyzer: Analyzer) -> list[int]:
    return [_number(word, analyzer) for word in words(text)]


def _number(word: str, analyzer: Analyzer) -> int:
    term = analyzer.term(word)
    if not term:
        return _NO_TERM
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class _KnownWords(dict[int, int]):
    """The number of a word's term by the sum of the word's letters."""

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self.analyzer = analyzer

    def add(self, letters: int, word: str) -> int:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[letters] = number = _number(word, self.analyzer)
        return number


@cache
def _known_words(analyzer: Analyzer) -> _KnownWords:
    return _KnownWords(analyzer)


def _of_ascii(texts: Sequence[str], known: _KnownWords) -> tuple[Numbers, Ints, Ints]:
    """Cut all texts at once into the words that `words` finds, and look each different word up once.

    Return the numbers of the different words' terms, and for each place the index into them and into the texts. In
    Python alone, word by word, this takes three times as long.
    """
    whole = "\n".join(["", *texts, ""]).encode("ascii")
    data = np.frombuffer(whole, np.uint8)
    starts, ends = _bounds(data)
    sums = _sums(data, starts, ends)
    order = np.argsort(sums)
    first = changes(sums[order])
    numbers = list(map(known.get, sums[order][first].tolist()))
    new = [place for place, number in enumerate(numbers) if number is None]
    for place, example in zip(new, order[first][new].tolist() if new else (), strict=True):
        word = whole[starts[example] : ends[example]].decode("ascii").lower()
        numbers[place] = known.add(int(sums[example]), word)
    text_starts = np.cumsum([1, *(len(text) + 1 for text in texts)])
    owners = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(starts, text_starts)))
    return np.array(numbers, np.uint64), np.cumsum(first) - 1, owners[order]


def changes(values: Ints | Numbers) -> NDArray[np.bool_]:
    """Return where a value differs from the one before; the first does."""
    found = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def _bounds(data: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return where words start and end: letters and digits, and apostrophes between two of them."""
    letter = np.take(_tables()[0], data)
    apostrophes = np.flatnonzero(data == _APOSTROPHE)
    letter[apostrophes] = letter[apostrophes - 1] & letter[apostrophes + 1]
    edges = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    return edges[::2], edges[1::2]


def _sums(data: NDArray[np.uint8], starts: Ints, ends: Ints) -> Numbers:
    """Return a number for each word that is another for another word: its letters' values times a power each.

    The powers run through the whole text; to divide by that of a word's start makes the sum that of the word alone.
    """
    if not len(starts):
        return np.zeros(0, np.uint64)
    powers, inverses = _powers(1 << len(data).bit_length())
    letters = np.take(_tables()[1], data)
    letters *= powers[: len(data)]
    running = np.cumsum(letters, out=letters)
    sums: Numbers = (running[ends - 1] - running[starts - 1]) * inverses[starts]
    return sums


@cache
def _powers(count: int) -> tuple[Numbers, Numbers]:
    """Return 1, b, b**2 and so on, and their inverses, all modulo 2**64, for an odd b."""
    base, inverse = 0x9E3779B97F4A7C15, pow(0x9E3779B97F4A7C15, -1, 1 << 64)
    rows = [np.full(count, factor, np.uint64) for factor in (base, inverse)]
    for row in rows:
        row[0] = 1
    powers, inverses = (np.multiply.accumulate(row) for row in rows)
    return powers, inverses


@cache
def _tables() -> tuple[NDArray[np.bool_], Numbers]:
    """Return by byte whether it is a letter or digit, and a number for it, the same for both cases of a letter."""
    characters = [chr(code).lower() for code in range(128)]
    hashes = [hashlib.blake2b(character.encode(), digest_size=8).digest() for character in characters]
    values = [int.from_bytes(each, "little") for each in hashes]
    return np.array([character.isalnum() for character in characters]), np.array(values, np.uint64)
