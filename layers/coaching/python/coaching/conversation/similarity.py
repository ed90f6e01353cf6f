"""Cosines of texts with a message, with the texts' vectors remembered."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from coaching.conversation.relevance import Similarity
from coaching.knowledge.ports import Embedder, Vector

REMEMBERED = 8_192
"""Vectors held in memory, about 12 MB at 384 dimensions."""


@dataclass(frozen=True, slots=True)
class SentenceSimilarity:
    """Compares sentences with a message by meaning. What was embedded once is not embedded again while it is held.

    The result does not depend on what is remembered, only the time that it takes. Threads may share it.
    """

    embedder: Embedder
    _vectors: OrderedDict[str, Vector] = field(default_factory=OrderedDict, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)

    def to(self, query: Vector) -> Similarity:
        """Return the function that compares texts with `query`. It raises: EmbedderUnavailable."""

        def similarity(texts: Sequence[str]) -> list[float]:
            return [float(query @ vector) for vector in self._of(texts)]

        return similarity

    def _of(self, texts: Sequence[str]) -> list[Vector]:
        with self._guard:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= dict(zip(missing, self.embedder.embed(missing, "passage"), strict=True))
            self._remember({text: found[text] for text in missing})
        return [found[text] for text in texts]

    def _remember(self, vectors: dict[str, Vector]) -> None:
        with self._guard:
            self._vectors.update(vectors)
            while len(self._vectors) > REMEMBERED:
                self._vectors.popitem(last=False)
