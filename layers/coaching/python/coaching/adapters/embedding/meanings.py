"""What red flags are read by: the bundled embedder, or nothing at all."""

from collections.abc import Sequence

from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Embedder, Vectors
from coaching.safety.redflags.ports import Meanings


class EmbeddedMeanings(Meanings):
    """The vectors of `embedder`, which has to be the bundled MiniLM: the heads know no other space."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def vectors(self, texts: Sequence[str]) -> Vectors:
        # Of one short text the search and the composer want the same.
        return self._embedder.embed(texts, "query")


class NoMeanings(Meanings):
    """For a place without the bundled model: words and rules decide, more strictly."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderUnavailable("No model reads meanings here.")
