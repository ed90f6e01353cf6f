"""A passage as OpenSearch keeps it, and back."""

import hashlib
import json
from typing import Any

from coaching.adapters.search.opensearch_facts import facts, numbers
from coaching.adapters.search.places import read_later_places, read_place, written_later_places, written_place
from coaching.knowledge.ports import EmbeddedPassage
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId

Json = dict[str, Any]


def key(staging: str, passage_id: PassageId) -> str:
    """Return the id in the index: one for each passage of each staging, since creators share the index."""
    return hashlib.sha256(json.dumps([staging, passage_id]).encode()).hexdigest()[:40]


def source(item: EmbeddedPassage, staging: str, embedding_model: str) -> Json:
    """Return what is stored; `staging` names the call that stored it."""
    passage = item.passage
    return {
        "creator_id": passage.creator_id,
        "document_id": passage.document_id,
        "version": passage.version,
        "staging": staging,
        "published": False,
        "embedding_model": embedding_model,
        "vector": item.vector.tolist(),
        "text": passage.text,
        "facts": facts(passage.metadata),
        "numbers": numbers(passage.metadata),
        "passage": {
            "passage_id": passage.passage_id,
            "title": passage.title,
            "place": json.dumps(written_place(passage.place)),
            "later_places": json.dumps(written_later_places(passage)),
            "start": passage.start,
            "end": passage.end,
            "metadata": dict(passage.metadata),
        },
    }


def passage_of(stored: Json) -> Passage:
    """Return the passage in a hit's source."""
    rest = stored["passage"]
    return Passage(
        passage_id=PassageId(rest["passage_id"]),
        creator_id=CreatorId(stored["creator_id"]),
        document_id=DocumentId(stored["document_id"]),
        version=stored["version"],
        title=rest["title"],
        text=stored["text"],
        place=read_place(json.loads(rest["place"])),
        start=rest["start"],
        end=rest["end"],
        metadata=rest["metadata"],
        later_places=read_later_places(json.loads(rest["later_places"])),
    )
