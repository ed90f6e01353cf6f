"""Text as it reads once tricks of its spelling are undone: other digits, hidden characters, "dot com", "nine eight"."""

import re
import unicodedata
from typing import Final

_HIDDEN: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_EMPHASIS: Final = re.compile(r"[*`]+|(?<=\W)_+|_+(?=\W)")
_KEYCAP: Final = re.compile(r"(?<=\d)\ufe0f?\u20e3")
_DIGIT_WORDS: Final = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh null cero zéro", "one eins uno un", "two zwei dos due deux", "three drei tres tre trois",
         "four vier cuatro quattro quatre", "five fünf cinco cinque cinq", "six sechs seis sei",
         "seven sieben siete sette sept", "eight acht ocho otto huit", "nine neun nueve nove neuf")
    )
    for word in words.split()
}  # fmt: skip
_DIGIT_WORD: Final = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_SPELLED: Final = re.compile(rf"\b(?:{_DIGIT_WORD})(?:[\s,.-]+(?:{_DIGIT_WORD}))+\b", re.IGNORECASE)
_FEWEST_SPELLED: Final = 3
"""Digits that are spelled one after another. Two are "one two", which is a count."""
_DOT_WORD: Final = r"(?:dot|punkt|punto|point|ponto|punt)"
_TOP: Final = r"(?:com|org|net|info|gov|edu|io|app|co|de|fr|es|it|pt|nl|be|at|ch|se|no|dk|fi|pl|cz|uk|eu)\b"
_DOT: Final = re.compile(
    rf"\s*[\[(]\s*(?:\.|{_DOT_WORD})\s*[\])]\s*(?={_TOP})"
    # Bare, only where no sentence has these words beside each other ("sur le point de", "el punto es", "the dot com").
    rf"|(?<!\bthe)(?<!\ba)\s(?:{_DOT_WORD}\s(?=(?:com|org|net)\b)|dot\s(?={_TOP})|punkt\s(?=(?:de|at|ch)\b)"
    r"|point\s(?=fr\b))",
    re.IGNORECASE,
)
_LONE_DOT: Final = re.compile(r"(?<=\w) ?\. ?(?=(?:com|org|net)\b)")
_AT: Final = re.compile(r"\s*[\[(]\s*at\s*[\])]\s*|(?<=\w)\s+at\s+(?=[\w-]+\.(?:com|org|net|de|info)\b)", re.IGNORECASE)
_HXXP: Final = re.compile(r"\bhxxp(s?)(?=:)", re.IGNORECASE)


def plain(text: str) -> str:
    """Return the text with ASCII digits, plain dashes and spaces, and its written-out dots and digits as such."""
    read = unicodedata.normalize("NFKC", _KEYCAP.sub("", _HIDDEN.sub("", text)))
    read = "".join(_ascii_digit(character) for character in read)
    read = _SPACES.sub(" ", _EMPHASIS.sub("", _DASHES.sub("-", read)))
    read = _HXXP.sub(r"http\1", read)
    read = _LONE_DOT.sub(".", _DOT.sub(".", read))
    return _SPELLED.sub(_spelled, _AT.sub("@", read))


def _ascii_digit(character: str) -> str:
    value = unicodedata.digit(character, None) if not character.isascii() else None
    return character if value is None else str(value)


def _spelled(found: re.Match[str]) -> str:
    words = re.findall(rf"\b(?:{_DIGIT_WORD})\b", found[0], re.IGNORECASE)
    if len(words) < _FEWEST_SPELLED:
        return found[0]
    return "".join(_DIGIT_WORDS[word.lower()] for word in words)
