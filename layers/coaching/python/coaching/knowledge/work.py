"""What the steps of an ingestion hand to each other through work files: where it lies and how it is written."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coaching.knowledge.ports import Block, Extracted
from coaching.vocabulary import CreatorId, DocumentId, Passage, Place

if TYPE_CHECKING:
    from coaching.knowledge.ports import Vectors


def folder(creator_id: CreatorId, document_id: DocumentId) -> str:
    """Return the prefix of everything that a document's ingestion writes."""
    return f"{creator_id}/{document_id}/"


def version_folder(creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
    """Return the prefix of everything that the ingestion of one version writes."""
    return f"{folder(creator_id, document_id)}v{version}/"


def text_key(creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
    return f"{version_folder(creator_id, document_id, version)}text.json"


def batch_key(creator_id: CreatorId, document_id: DocumentId, version: int, number: int) -> str:
    return f"{version_folder(creator_id, document_id, version)}batch-{number:05d}.json"


def vectors_key(batch: str) -> str:
    return batch.removesuffix(".json") + ".npy"


def write_extracted(extracted: Extracted) -> bytes:
    return json.dumps(asdict(extracted), ensure_ascii=False).encode()


def read_extracted(data: bytes) -> Extracted:
    stored = json.loads(data)
    blocks = tuple(Block(block["text"], block["kind"], _place(block["place"])) for block in stored["blocks"])
    return Extracted(blocks, stored["title"])


def write_passages(passages: Sequence[Passage]) -> bytes:
    return json.dumps([asdict(passage) for passage in passages], ensure_ascii=False).encode()


def read_passages(data: bytes) -> tuple[Passage, ...]:
    return tuple(_passage(stored) for stored in json.loads(data))


def write_vectors(vectors: "Vectors") -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    return buffer.getvalue()


def read_vectors(data: bytes) -> "Vectors":
    import numpy as np

    vectors: Vectors = np.load(io.BytesIO(data), allow_pickle=False)
    return vectors


def _passage(stored: dict[str, Any]) -> Passage:
    later = tuple((offset, _place(place)) for offset, place in stored["later_places"])
    return Passage(**{**stored, "place": _place(stored["place"]), "later_places": later})


def _place(stored: dict[str, Any]) -> Place:
    return Place(stored["page"], tuple(stored["heading"]), stored["start_seconds"])
