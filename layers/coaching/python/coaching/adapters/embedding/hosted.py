"""What the embedders that live on a server share."""

from collections.abc import Sequence
from typing import Final, Literal, NoReturn

import numpy as np

from coaching.errors import EmbedderUnavailable, ModelUnavailable, UnusableDocument
from coaching.knowledge.ports import Vectors

Purpose = Literal["passage", "query"]
HOPELESS: Final = frozenset({"model_missing", "context_exceeded", "content_refused", "request_refused"})
"""What no waiting mends."""


def refuse(message: str, purpose: Purpose) -> NoReturn:
    """Raise what waiting does not mend: for passages UnusableDocument, as a document that waits would wait in vain."""
    if purpose == "passage":
        raise UnusableDocument("not_embeddable", message)
    raise EmbedderUnavailable(message)


def translated(error: ModelUnavailable, purpose: Purpose) -> EmbedderUnavailable:
    """Return the failure as an embedder's, with the pause that was asked for.

    Raises: UnusableDocument for passages that no waiting would help.
    """
    if error.code in HOPELESS:
        refuse(error.message, purpose)
    found = EmbedderUnavailable(error.message)
    found.retry_after_seconds = error.retry_after_seconds
    return found


def beginning(text: str, most_bytes: int) -> str:
    """Return as much of the text as has so many bytes: no token has less than one."""
    readable = text[:most_bytes].encode("utf-8", errors="replace")[:most_bytes].decode("utf-8", errors="ignore")
    return text[: len(readable)]


def unit_vectors(rows: Sequence[Sequence[float]], count: int, dimension: int, who: str) -> Vectors:
    """Return the server's rows, each of length 1. Raises: EmbedderUnavailable where they are not what was asked for."""
    try:
        vectors = np.array(rows, np.float32)
    except ValueError as error:
        raise nonsense(who, dimension) from error
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if vectors.shape != (count, dimension) or not (np.isfinite(lengths) & (lengths > 0)).all():
        raise nonsense(who, dimension)
    vectors /= lengths
    return vectors


def nonsense(who: str, dimension: int) -> EmbedderUnavailable:
    return EmbedderUnavailable(f"What answers for {who} gives no vectors of {dimension} numbers.")
