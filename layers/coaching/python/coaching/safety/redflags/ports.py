"""What the detection of red flags needs from the outside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from coaching.errors import EmbedderUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """(384,), length 1."""
    Vectors = NDArray[np.float32]
    """(n, 384), each row of length 1."""
else:
    Vector = Vectors = "numpy.ndarray"


class Meanings(Protocol):
    """The bundled MiniLM, whatever the search uses."""

    def vectors(self, texts: Sequence[str]) -> "Vectors":
        """Return one row per text, in order. Raises: EmbedderUnavailable."""


class NoMeanings(Meanings):
    """Reads no meanings, where the bundled model is not: words and rules decide."""

    def vectors(self, texts: Sequence[str]) -> "Vectors":
        raise EmbedderUnavailable("No model reads meanings here.")
