"""Words that were torn apart at the end of a line."""

import re
from collections.abc import Iterable

_LONGEST_HALF = 40
_SOFT = re.compile(r"\u00ad(?:[^\S\n]*\n[^\S\n]*)?")
_TORN = re.compile(r"(?<=\w)[-\u2010][^\S\n]*\n[^\S\n]*(?=\w)")
_TORN_WORD = re.compile(rf"\w{{0,{_LONGEST_HALF}}}[-\u2010][^\S\n]*\n[^\S\n]*\w*")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")
_FIRST_WORD = re.compile(r"\w+")


class Hyphens:
    """Joins torn words, asking the rest of the document whether the hyphen belongs to the word.

    A hyphen stays when the document writes the word with it elsewhere, or knows both halves as words but not the
    whole ("world-class"); before capitals and beside digits it always stays.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self._words: frozenset[str] | None = None

    def join(self, text: str) -> str:
        """Return the text with torn words joined and soft hyphens removed."""
        text = _SOFT.sub("", text)
        return _TORN.sub(lambda tear: self._seam(text, tear.start(), tear.end()), text)

    def _seam(self, text: str, start: int, end: int) -> str:
        halves = _FIRST_WORD.findall(text, max(0, start - _LONGEST_HALF), start)
        right = _FIRST_WORD.match(text, end, end + _LONGEST_HALF)
        if right is None or not right.group()[0].islower() or not halves[-1].isalpha():
            return "-"
        one, other = halves[-1].casefold(), right.group().casefold()
        words = self._known()
        if one + other in words:
            return ""
        return "-" if f"{one}-{other}" in words or (one in words and other in words) else ""

    def _known(self) -> frozenset[str]:
        if self._words is None:
            found = (_WORD.findall(_TORN_WORD.sub(" ", text)) for text in self._texts)
            self._words = frozenset(word.casefold().replace("\u2010", "-") for words in found for word in words)
        return self._words
