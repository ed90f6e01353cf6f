"""What red flags are read by: the bundled embedder."""

from collections.abc import Sequence
from typing import Literal

from coaching.knowledge.ports import Embedder, Vectors
from coaching.safety.redflags.ports import Meanings


class EmbeddedMeanings(Meanings):
    """The vectors of `embedder`, which has to be the bundled MiniLM: the heads know no other space.

    It makes no difference between purposes, but of a question it remembers what the search and the composer want, and
    a cache keeps each purpose by itself.
    """

    def __init__(self, embedder: Embedder, purpose: Literal["passage", "query"] = "query") -> None:
        self._embedder = embedder
        self._purpose: Literal["passage", "query"] = purpose

    def vectors(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed(texts, self._purpose)
