"""A passage as OpenSearch keeps it, and back."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from coaching.adapters.search.opensearch_facts import facts, numbers
from coaching.adapters.search.places import read_later_places, read_place, written_later_places, written_place
from coaching.knowledge.ports import EmbeddedPassage
from coaching.vocabulary import Passage, PassageId

Json = dict[str, Any]


def key(staging: str, passage_id: PassageId) -> str:
    """Return the id in the index: one for each passage of each staging, since creators share the index."""
    return hashlib.sha256(json.dumps([staging, passage_id]).encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as one call of `stage` stored it: at which place of that call."""

    item: EmbeddedPassage
    position: int
    staging: str
    embedding_model: str
    published: bool = False


def source(stored: Stored) -> Json:
    """Return what is kept in the index."""
    passage = stored.item.passage
    return {
        "creator_id": passage.creator_id,
        "document_id": passage.document_id,
        "version": passage.version,
        "staging": stored.staging,
        "published": stored.published,
        "embedding_model": stored.embedding_model,
        "vector": stored.item.vector.tolist(),
        "text": passage.text,
        "facts": facts(passage.metadata),
        "numbers": numbers(passage.metadata),
        "passage": {
            "position": stored.position,
            "passage_id": passage.passage_id,
            "title": passage.title,
            "place": written_place(passage.place),
            "later_places": written_later_places(passage),
            "start": passage.start,
            "end": passage.end,
            "metadata": dict(passage.metadata),
        },
    }


def stored_of(kept: Json) -> Stored:
    """Return what a hit's whole source holds."""
    item = EmbeddedPassage(passage_of(kept), np.asarray(kept["vector"], np.float32))
    position = kept["passage"]["position"]
    return Stored(item, position, kept["staging"], kept["embedding_model"], kept["published"])


def passage_of(kept: Json) -> Passage:
    """Return the passage in a hit's source."""
    rest = kept["passage"]
    return Passage(
        rest["passage_id"],
        kept["creator_id"],
        kept["document_id"],
        kept["version"],
        rest["title"],
        kept["text"],
        read_place(rest["place"]),
        rest["start"],
        rest["end"],
        rest["metadata"],
        read_later_places(rest["later_places"]),
    )
