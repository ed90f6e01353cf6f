"""Ends a text before a stop word, for engines that end it after."""

from collections.abc import Sequence


class StopWords:
    """Lets a text through piece by piece, up to the first of `words`; `reached` says that one has come.

    What may be the beginning of one is kept back until it is known.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if word]
        self._kept = ""
        self.reached = False

    def let_through(self, piece: str) -> str:
        """Return what may be shown now that `piece` has come."""
        if self.reached:
            return ""
        text = self._kept + piece
        found = [place for word in self._words if (place := text.find(word)) >= 0]
        self.reached = bool(found)
        shown = min(found) if found else len(text) - self._doubtful(text)
        self._kept = text[shown:]
        return text[:shown]

    def rest(self) -> str:
        """Return what was kept back, as no more comes."""
        return "" if self.reached else self._kept

    def _doubtful(self, text: str) -> int:
        """Return how many of the last characters may begin a stop word."""
        return max((_overlap(text, word) for word in self._words), default=0)


def _overlap(text: str, word: str) -> int:
    longest = min(len(text), len(word) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(word[:size])), 0)
