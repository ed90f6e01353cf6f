"""From a document's text to its passages, laid out in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from coaching.errors import UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.job import Job
from coaching.knowledge.ports import Documents, Extracted, PassageReader, TokenLimit, WorkFiles
from coaching.knowledge.reuse import Known, known_vectors, stacked
from coaching.knowledge.split import split
from coaching.knowledge.stages import enter
from coaching.knowledge.work import (
    batch_key,
    fingerprint,
    kept_key,
    read_extracted,
    text_key,
    vectors_key,
    write_passages,
    write_vectors,
)
from coaching.vocabulary import Passage, PassageId

MOST_PASSAGES = 50_000
"""25 MB of prose make some 30,000, of Chinese some 40,000."""
MOST_BATCHES = 64
"""About 7 events each, every time they are gone through, of the 25,000 that an execution may have.

At about 30 ms to embed a passage and 4 ms to judge it, the largest batch takes half a minute of a function's 5.
Source: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""
SMALLEST_BATCH = 64
SMALLEST_KEPT_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Batches:
    """A version's passages as they are laid out: the keys of batches to embed, and of those that have their vectors."""

    to_embed: tuple[str, ...]
    kept: tuple[str, ...]
    passages: int

    @property
    def keys(self) -> tuple[str, ...]:
        """All batches: none is done with before it was judged, whether its vectors are known or not."""
        return self.to_embed + self.kept


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """Cuts the text into passages and lays them out in batches, apart those embedded for the version before."""

    documents: Documents
    work_files: WorkFiles
    reader: PassageReader
    embedding_model: str
    tokens: TokenLimit | None = None
    size: int = 1000
    overlap: int = 200

    def __call__(self, job: Job) -> Batches:
        """Raises: UnusableDocument(no_text, too_many_passages), EmbedderUnavailable, SearchUnavailable."""
        document = enter(self.documents, job, "embedding")
        extracted = read_extracted(self.work_files.read(text_key(job.creator_id, job.document_id, job.version)))
        passages = self._passages(document, extracted)
        if not passages:
            raise no_text()
        if len(passages) > MOST_PASSAGES:
            raise too_many(len(passages))
        known = known_vectors(self.reader, job, self.embedding_model)
        kept = [passage for passage in passages if embedding_text(passage) in known]
        new = [passage for passage in passages if embedding_text(passage) not in known]
        size = -(-len(passages) // MOST_BATCHES)
        return Batches(self._lay_out(job, new, size), self._lay_out_kept(job, kept, known, size), len(passages))

    def _lay_out(self, job: Job, passages: Sequence[Passage], size: int) -> tuple[str, ...]:
        keys = []
        for number, batch in enumerate(_in_batches(passages, max(size, SMALLEST_BATCH))):
            keys.append(batch_key(job.creator_id, job.document_id, job.version, number))
            self.work_files.write(keys[-1], write_passages(batch))
        return tuple(keys)

    def _lay_out_kept(self, job: Job, passages: Sequence[Passage], known: Known, size: int) -> tuple[str, ...]:
        keys = []
        for number, batch in enumerate(_in_batches(passages, max(size, SMALLEST_KEPT_BATCH))):
            keys.append(kept_key(job.creator_id, job.document_id, job.version, number))
            texts = [embedding_text(passage) for passage in batch]
            vectors = write_vectors(stacked(known, texts), fingerprint(texts, self.embedding_model))
            self.work_files.write(vectors_key(keys[-1]), vectors)
            self.work_files.write(keys[-1], write_passages(batch))
        return tuple(keys)

    def _passages(self, document: Document, extracted: Extracted) -> tuple[Passage, ...]:
        title = document.title or extracted.title or PurePosixPath(document.name).stem
        return tuple(
            Passage(
                passage_id=PassageId(f"{document.document_id}:{document.version}:{number:05d}"),
                creator_id=document.creator_id,
                document_id=document.document_id,
                version=document.version,
                title=title,
                text=piece.text,
                place=piece.place,
                start=piece.start,
                end=piece.end,
                metadata=document.metadata,
                later_places=piece.later_places,
            )
            for number, piece in enumerate(
                split(extracted.blocks, size=self.size, overlap=self.overlap, tokens=self.tokens)
            )
        )


def no_text() -> UnusableDocument:
    return UnusableDocument("no_text", "No text was found in this file. Upload one that holds text.")


def too_many(passages: int) -> UnusableDocument:
    return UnusableDocument(
        "too_many_passages",
        f"This file's text makes {passages:,} passages; {MOST_PASSAGES:,} is the limit. Split it and upload the parts.",
    )


def _in_batches(passages: Sequence[Passage], size: int) -> Iterator[Sequence[Passage]]:
    return (passages[start : start + size] for start in range(0, len(passages), size))
