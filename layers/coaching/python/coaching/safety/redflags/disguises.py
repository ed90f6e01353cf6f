"""Words behind a disguise: digits and signs for letters, letters set apart or left out, letters drawn long.

A word is read in another way only where that makes it one of the words of danger: "gr8" stays what it is.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

_WORDS: Final = """
    abuse abused abuses abusive alive alone anorexia anorexic beat beats beating binge bleed bleeding blade blood
    bulimia bulimic burn burning choke choked choking cocaine cut cuts cutting dead death depressed die died
    dies drink drinking
    drown drugs drunk dying end ending everyone everything goodbye gun hang hanging harm harming heroin hit hits hitting
    hopeless hurt hurting jump kill killed killing kills knife life live living meth murder myself noose overdose
    overdosed overdosing panic pills purge purging rape raped razor relapse relapsed rope self shoot shooting sleep
    slit starve starving suicidal suicide throat vomit want wanna weed wrist wrists
"""
WORDS: Final = frozenset(_WORDS.split())
_SMALL_WORDS: Final = """a am an and be can cant dont feel going gonna he i im is it me my no not of on only she so the
    this to today tonight up will with you"""
_AMONG: Final = WORDS | frozenset(_SMALL_WORDS.split())
_SIGNS: Final = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "!": "i",
    "|": "il", "+": "t", "€": "e", "£": "l", "(": "c", "¡": "i",
}  # fmt: skip
_MOST_READINGS: Final = 64
_LEET: Final = re.compile(r"(?<![\w@$!|])(?=[\w@$!|+€£(]*[a-z])(?=[\w@$!|+€£(]*[\d@$!|+€£(])[\w@$!|+€£(]{3,16}")
_MASKED: Final = re.compile(r"(?<![\w*])[a-z]+(?:[*#_.\-]+[a-z]+)+(?![\w*])")
_APART: Final = re.compile(r"(?<!\w)[^\W\d_](?:[ \t.\-_*/,|]{1,3}[^\W\d_]){3,}(?!\w)")
_LONG: Final = re.compile(r"\b\w*?([a-z])\1{2,}\w*")
_RUN: Final = re.compile(r"([a-z])\1+")
_GAP: Final = re.compile(r"[ \t]{2,}")
_BETWEEN: Final = re.compile(r"[^\w]|_")


def undisguised(shown: str) -> str:
    """Return lower-case text with its disguised words of danger written out."""
    shown = _APART.sub(lambda run: _together(run[0]), shown)
    shown = _LEET.sub(lambda word: _first_danger(word[0], _leet(word[0])), shown)
    shown = _MASKED.sub(lambda word: _first_danger(word[0], _unmasked(word[0])), shown)
    return _LONG.sub(lambda word: _shortened(word[0]), shown)


def _first_danger(word: str, readings: Iterator[str]) -> str:
    return next((reading for reading in readings if reading in WORDS), word)


def _leet(word: str) -> Iterator[str]:
    ended = word.rstrip("!|(+")
    for written in dict.fromkeys((word, ended)):
        ways = [_SIGNS.get(sign, sign) for sign in written]
        for at, letters in enumerate(product(*ways)):
            if at >= _MOST_READINGS:
                break
            yield "".join(letters)


def _unmasked(word: str) -> Iterator[str]:
    yield re.sub(r"[*#_.\-]+", "", word)
    if "*" in word or "#" in word or "_" in word:
        hidden = re.compile("".join("[a-z]" if sign in "*#_-." else sign for sign in word))
        yield from sorted(known for known in WORDS if hidden.fullmatch(known))


def _together(run: str) -> str:
    """Join letters that were set apart. A wider gap parts two words; without one the known words part them."""
    words = [_BETWEEN.sub("", word) for word in _GAP.split(run)]
    return " ".join(part for word in words for part in _parted(word))


def _parted(joined: str) -> list[str]:
    """Return `joined` as known words where it is made of them alone, else as it is."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(joined) + 1):
        ways = [
            [*before, joined[start:end]]
            for start in range(max(0, end - 12), end)
            if (before := best[start]) is not None and joined[start:end] in _AMONG
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or [joined]


def _shortened(word: str) -> str:
    """Return a word with its long letters once or twice, as a known word has them; else twice at most."""
    runs = _RUN.findall(word)
    if len(runs) > 5:
        return _RUN.sub(r"\1", word)
    parts = _RUN.split(word)
    for lengths in product((1, 2), repeat=len(runs)):
        # `split` gives what stands between runs and each run's letter in turn.
        times = (1 if at % 2 == 0 else lengths[at // 2] for at in range(len(parts)))
        reading = "".join(part * each for part, each in zip(parts, times, strict=True))
        if reading in WORDS:
            return reading
    return re.sub(r"([a-z])\1{2,}", r"\1\1", word)
