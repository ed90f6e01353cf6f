"""Small passages with vectors that point where a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from coaching.knowledge.filters import Filter
from coaching.knowledge.ports import Candidates, EmbeddedPassage, PassageReader, PassageWriter, Query, Vector
from coaching.vocabulary import CreatorId, DocumentId, Metadata, Passage, PassageId, Place

MODEL = "hash/8"
DIMENSION = 8
HEARTH = CreatorId("hearth")
HABITS = DocumentId("habits")


class Store(PassageReader, PassageWriter, Protocol): ...


def towards(axis: int, lean: float = 0.0) -> Vector:
    """Return a vector of length 1 along an axis, leaning a little to the next one."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[axis % DIMENSION] = 1.0
    vector[(axis + 1) % DIMENSION] = lean
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def passage(
    text: str = "Small habits hold.",
    *,
    creator_id: CreatorId = HEARTH,
    document_id: DocumentId = HABITS,
    version: int = 1,
    number: int = 0,
    metadata: Metadata | None = None,
    vector: Vector | None = None,
) -> EmbeddedPassage:
    built = Passage(
        passage_id=PassageId(f"{document_id}-{version}-{number}"),
        creator_id=creator_id,
        document_id=document_id,
        version=version,
        title="Habits",
        text=text,
        place=Place(),
        start=0,
        end=len(text),
        metadata=metadata or {},
    )
    return EmbeddedPassage(built, towards(number) if vector is None else vector)


def passages(
    *texts: str,
    creator_id: CreatorId = HEARTH,
    document_id: DocumentId = HABITS,
    version: int = 1,
    metadata: Metadata | None = None,
) -> list[EmbeddedPassage]:
    return [
        passage(text, creator_id=creator_id, document_id=document_id, version=version, number=number, metadata=metadata)
        for number, text in enumerate(texts)
    ]


def stage(store: Store, items: Sequence[EmbeddedPassage], model: str = MODEL) -> None:
    first = items[0].passage
    store.stage(first.creator_id, first.document_id, first.version, items, model)


def put(store: Store, items: Sequence[EmbeddedPassage], model: str = MODEL) -> None:
    """Stage and publish a version."""
    stage(store, items, model)
    first = items[0].passage
    store.publish(first.creator_id, first.document_id, first.version)


def look(
    store: Store,
    creator_id: CreatorId = HEARTH,
    text: str = "habits",
    *,
    vector: Vector | None = None,
    limit: int = 50,
    filters: tuple[Filter, ...] = (),
    model: str = MODEL,
) -> Candidates:
    query = Query(text, towards(0) if vector is None else vector, model, limit, filters)
    return store.candidates(creator_id, query)


def look_for_words(store: Store, text: str, *, limit: int = 50, filters: tuple[Filter, ...] = ()) -> Candidates:
    """Search while nothing can embed the text."""
    return store.candidates(HEARTH, Query(text, None, MODEL, limit, filters))


def texts(candidates: Candidates) -> set[str]:
    """Return the texts that either leg found."""
    return {hit.passage.text for hit in (*candidates.dense, *candidates.lexical)}


def of_creator(item: EmbeddedPassage, creator_id: CreatorId) -> EmbeddedPassage:
    return replace(item, passage=replace(item.passage, creator_id=creator_id))
