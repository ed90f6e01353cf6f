"""What both stores ask of a version before they take it."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from coaching.adapters.search.places import written_later_places, written_place
from coaching.errors import CoachingError
from coaching.knowledge.ports import EmbeddedPassage
from coaching.knowledge.tenancy import check_tenant
from coaching.vocabulary import CreatorId, DocumentId, Passage


def digest(
    creator_id: CreatorId,
    document_id: DocumentId,
    version: int,
    passages: Sequence[EmbeddedPassage],
    embedding_model: str,
) -> str:
    """Return 32 hex digits that name exactly this call of `stage`: the same call has the same, another has another.

    Raises: as `check`.
    """
    check(creator_id, document_id, version, passages)
    sha = hashlib.sha256(json.dumps([creator_id, document_id, version, embedding_model]).encode())
    for item in passages:
        sha.update(_text(item.passage).encode())
        sha.update(np.ascontiguousarray(item.vector, np.float32).tobytes())
    return sha.hexdigest()[:32]


def check(creator_id: CreatorId, document_id: DocumentId, version: int, passages: Sequence[EmbeddedPassage]) -> None:
    """Let through what may be staged under these names.

    Raises: CoachingError(tenant_breach) for another creator's passage, CoachingError for another document's and for
    two of one id.
    """
    check_tenant(creator_id, (item.passage for item in passages))
    if any((item.passage.document_id, item.passage.version) != (document_id, version) for item in passages):
        raise CoachingError(f"Passages of another document or version were staged for {document_id} {version}.")
    if len({item.passage.passage_id for item in passages}) < len(passages):
        raise CoachingError(f"Two passages of {document_id} {version} have the same id.")


def _text(passage: Passage) -> str:
    places = [written_place(passage.place), *written_later_places(passage)]
    fields = [passage.passage_id, passage.title, passage.text, places, passage.start, passage.end]
    return json.dumps([*fields, dict(passage.metadata)], sort_keys=True)
