"""Retrieval sets in BEIR's layout, put into the product's own store as a creator's documents would be."""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ports import Block, EmbeddedPassage, Embedder, TokenLimit
from coaching.knowledge.split import split
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place

CREATOR = CreatorId("benchmark")
_CORPUS = DocumentId("corpus")
_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """`relevant` has for each query that was judged how relevant each document is to it: 1 and up."""

    name: str
    documents: Sequence[Document]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def sets_in(folder: Path) -> Iterator[RetrievalSet]:
    """Yield each set of the folder: `NAME/corpus.jsonl.gz`, `NAME/queries.jsonl`, `NAME/qrels.tsv`."""
    for corpus in sorted(folder.glob("*/corpus.jsonl.gz")):
        with gzip.open(corpus, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        documents = [Document(str(row["_id"]), row.get("title") or "", row.get("text") or "") for row in rows]
        queries = (json.loads(line) for line in _lines(corpus.with_name("queries.jsonl")))
        relevant = _judged(_lines(corpus.with_name("qrels.tsv")))
        asked = {str(row["_id"]): row["text"] for row in queries if str(row["_id"]) in relevant}
        yield RetrievalSet(corpus.parent.name, documents, asked, relevant)


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def _judged(lines: Sequence[str]) -> dict[str, dict[str, int]]:
    """Read `query, document, relevance` lines; a head line has no figure in its last column."""
    relevant: dict[str, dict[str, int]] = {}
    for query, document, relevance in (line.split("\t") for line in lines):
        if relevance.strip().lstrip("-").isdigit() and int(relevance) > 0:
            relevant.setdefault(query, {})[document] = int(relevance)
    return relevant


def passages(documents: Sequence[Document], tokens: TokenLimit | None = None) -> list[Passage]:
    """Split the documents as the product does, so that nothing of a long one is beyond the embedder's reach.

    They all stand in one document of the store; `document_of` tells which is whose.
    """
    return [
        Passage(
            passage_id=PassageId(f"{row}.{number}:{document.id}"),
            creator_id=CREATOR,
            document_id=_CORPUS,
            version=1,
            title=document.title,
            text=piece.text,
            place=piece.place,
            start=piece.start,
            end=piece.end,
        )
        # By its row too: in some sets two documents have the same id.
        for row, document in enumerate(documents)
        for number, piece in enumerate(split(_blocks(document), tokens=tokens))
    ]


def document_of(passage: Passage) -> str:
    return passage.passage_id.partition(":")[2]


def _blocks(document: Document) -> list[Block]:
    place = Place(heading=(document.title,) if document.title else ())
    title = [Block(document.title, "heading", place)] if document.title else []
    return [*title, *(Block(text, place=place) for text in document.text.split("\n") if text.strip())]


def store_of(name: str, found: Sequence[Passage], embedder: Embedder, folder: Path) -> EmbeddedPassages:
    """Return a store in `folder` with the passages, embedded as the product embeds them."""
    items: list[EmbeddedPassage] = []
    for start in range(0, len(found), _AT_ONCE):
        print(f"{name}: embedding, {start:,} of {len(found):,} passages done", file=sys.stderr)
        batch = found[start : start + _AT_ONCE]
        vectors = embedder.embed([embedding_text(passage) for passage in batch], "passage")
        items += [EmbeddedPassage(passage, vector) for passage, vector in zip(batch, vectors, strict=True)]
    store = EmbeddedPassages(folder)
    store.stage(CREATOR, _CORPUS, 1, items, embedder.model)
    store.publish(CREATOR, _CORPUS, 1)
    return store
