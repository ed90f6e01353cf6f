"""A passage in windows: stretches of one sentence or a few short ones, the size of what one attack needs."""

import re
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 60
FEWEST_WORDS: Final = 4
_ENDS: Final = re.compile(r"(?<=[.!?。！？])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text with single spaces; `start` is where it begins there."""

    text: str
    start: int


def windows(text: str) -> list[Window]:
    """Return the windows of `text` in order; every word of it is in one of them."""
    found: list[list[re.Match[str]]] = []
    begin = 0
    for end in [*(sentence.end() for sentence in _ENDS.finditer(text)), len(text)]:
        for piece in _cut(list(_WORD.finditer(text, begin, end))):
            if found and len(found[-1]) < FEWEST_WORDS:
                found[-1] += piece
            else:
                found.append(piece)
        begin = end
    return [Window(" ".join(word[0] for word in words), words[0].start()) for words in found]


def _cut(words: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    count = -(-len(words) // MOST_WORDS)
    size = -(-len(words) // max(1, count))
    return [words[start : start + size] for start in range(0, len(words), max(1, size))]
