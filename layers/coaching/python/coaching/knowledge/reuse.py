"""What a new version need not embed again: passages that were embedded for the version before."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from coaching.errors import NotFound
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.job import Job
from coaching.knowledge.ports import PassageReader, Vector

if TYPE_CHECKING:
    from coaching.knowledge.ports import Vectors

Known: TypeAlias = "Mapping[str, Vector]"
"""Vectors by the text that was embedded."""


def known_vectors(reader: PassageReader, job: Job, embedding_model: str) -> Known:
    """Return the vectors of what is published of the document; none where they are of another space.

    Raises: SearchUnavailable.
    """
    try:
        published = reader.published(job.creator_id, job.document_id)
    except NotFound:
        return {}
    if published.embedding_model != embedding_model:
        return {}
    return {embedding_text(each.passage): each.vector for each in published.passages}


def stacked(known: Known, texts: Sequence[str]) -> "Vectors":
    """Return the vectors of the texts, one row each."""
    import numpy as np

    return np.stack([known[text] for text in texts]).astype(np.float32, copy=False)
