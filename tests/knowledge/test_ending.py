"""An ingestion that waits for the embedder."""

import pytest

from coaching.adapters.memory.documents import MemoryDocuments
from coaching.errors import Conflict, EmbedderUnavailable
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import PATIENCE, Document
from coaching.knowledge.ending import POSTPONEMENTS, PostponeEmbedding
from coaching.vocabulary import CreatorId, DocumentId, now


@pytest.fixture
def documents() -> MemoryDocuments:
    return MemoryDocuments()


@pytest.fixture
def document(documents: MemoryDocuments) -> Document:
    new = Document(DocumentId("01J"), CreatorId("demo"), "a.md", "text/markdown", 9, now(), now())
    received = documents.save(documents.save(new).receive(Arrival("etag", "object", "01")))
    return documents.save(received.enter("embedding"))


def pauses(documents: MemoryDocuments, document: Document, *, highest: bool) -> list[int]:
    postponing = PostponeEmbedding(documents, (lambda _, high: high) if highest else (lambda low, _: low))
    return [postponing(document.job, times) for times in range(POSTPONEMENTS)]


def test_it_waits_longer_each_time_up_to_an_hour(documents: MemoryDocuments, document: Document) -> None:
    longest, shortest = pauses(documents, document, highest=True), pauses(documents, document, highest=False)
    assert longest[:7] == [60, 120, 240, 480, 960, 1920, 3600]
    assert shortest == [pause // 2 for pause in longest]
    assert max(longest) == 3600 < PATIENCE["embedding"].total_seconds()
    assert 12 * 3600 < sum(shortest) < sum(longest) < 36 * 3600


def test_the_creator_sees_what_it_waits_for(documents: MemoryDocuments, document: Document) -> None:
    PostponeEmbedding(documents)(document.job, 0)
    waiting = documents.get(document.creator_id, document.document_id)
    assert (waiting.status, waiting.waiting and waiting.waiting.code) == ("embedding", "embedder_unavailable")
    assert waiting.updated_at > document.updated_at


def test_after_a_day_it_gives_up(documents: MemoryDocuments, document: Document) -> None:
    with pytest.raises(EmbedderUnavailable):
        PostponeEmbedding(documents)(document.job, POSTPONEMENTS)


def test_what_was_overtaken_waits_no_longer(documents: MemoryDocuments, document: Document) -> None:
    documents.save(document.receive(Arrival("etag-2", "object-2", "02")))
    with pytest.raises(Conflict):
        PostponeEmbedding(documents)(document.job, 0)
