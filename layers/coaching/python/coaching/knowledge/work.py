"""What the steps of an ingestion hand to each other through work files: where it lies and how it is written."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from coaching.knowledge.ports import Block, Extracted
from coaching.knowledge.untrusted.finding import Suspicions, SuspiciousPassage
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


def transcript_key(creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
    """Return where the transcript of a recording lies, as speech recognition wrote it: the same for every attempt."""
    return f"{version_folder(creator_id, document_id, version)}transcript.json"


def batch_key(creator_id: CreatorId, document_id: DocumentId, version: int, number: int) -> str:
    return f"{version_folder(creator_id, document_id, version)}batch-{number:05d}.json"


def kept_key(creator_id: CreatorId, document_id: DocumentId, version: int, number: int) -> str:
    """Return where a batch lies whose vectors were known before."""
    return f"{version_folder(creator_id, document_id, version)}kept-{number:05d}.json"


def suspicions_key(creator_id: CreatorId, document_id: DocumentId, version: int) -> str:
    return f"{version_folder(creator_id, document_id, version)}suspicions.json"


def batch_suspicions_key(batch: str) -> str:
    return batch.removesuffix(".json") + ".suspicions.json"


def vectors_key(batch: str) -> str:
    return batch.removesuffix(".json") + ".npz"


def write_extracted(extracted: Extracted) -> bytes:
    return json.dumps(asdict(extracted), ensure_ascii=False).encode()


def read_extracted(data: bytes) -> Extracted:
    stored = json.loads(data)
    blocks = tuple(Block(block["text"], block["kind"], _place(block["place"])) for block in stored["blocks"])
    return Extracted(blocks, stored["title"], tuple(stored["notices"]))


def write_suspicions(suspicions: Suspicions, made_of: str = "") -> bytes:
    """Return what is suspicious in passages, a batch's together with what it was made of (`fingerprint`)."""
    return json.dumps({**asdict(suspicions), "made_of": made_of}, ensure_ascii=False).encode()


def read_suspicions(data: bytes) -> tuple[Suspicions, str]:
    """Return what is suspicious in passages, and what it was made of."""
    stored = json.loads(data)
    found = (SuspiciousPassage(**{**each, "place": _place(each["place"])}) for each in stored["passages"])
    return Suspicions(stored["count"], tuple(found)), stored["made_of"]


def write_passages(passages: Sequence[Passage]) -> bytes:
    return json.dumps([asdict(passage) for passage in passages], ensure_ascii=False).encode()


def read_passages(data: bytes) -> tuple[Passage, ...]:
    return tuple(_passage(stored) for stored in json.loads(data))


def write_vectors(vectors: "Vectors", made_of: str) -> bytes:
    """Return a batch's vectors together with what they were made of (`fingerprint`)."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, vectors=vectors, made_of=np.array(made_of))
    return buffer.getvalue()


def read_vectors(data: bytes) -> "tuple[Vectors, str]":
    """Return a batch's vectors and what they were made of."""
    import numpy as np

    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return stored["vectors"], str(stored["made_of"])


def fingerprint(texts: Sequence[str], embedding_model: str) -> str:
    """Return what tells the vectors of these texts in this space from all others."""
    written = json.dumps([embedding_model, *texts])
    return hashlib.sha256(written.encode()).hexdigest()


def _passage(stored: dict[str, Any]) -> Passage:
    later = tuple((offset, _place(place)) for offset, place in stored["later_places"])
    return Passage(**{**stored, "place": _place(stored["place"]), "later_places": later})


def _place(stored: dict[str, Any]) -> Place:
    return Place(stored["page"], tuple(stored["heading"]), stored["start_seconds"], stored.get("anchor", ""))
