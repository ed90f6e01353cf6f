"""Which of the documents that old replies cite were deleted since."""

from dataclasses import replace

from coaching.adapters.memory.documents import MemoryDocuments
from coaching.knowledge.document import Document
from coaching.knowledge.sources import FindRemovedSources
from coaching.vocabulary import (
    CheckedReply,
    Citation,
    ConversationId,
    CreatorId,
    DocumentId,
    MessageId,
    Place,
    Turn,
    now,
)

DEMO = CreatorId("demo")


def turn(*cited: str) -> Turn:
    citations = tuple(
        Citation(number, DocumentId(each), "Title", "words", Place(), 0.5) for number, each in enumerate(cited)
    )
    reply = CheckedReply("answer", "words", citations, 0.5, True, "composer")
    return Turn(MessageId("01M"), ConversationId("01K"), now(), "Hello", reply)


def documents(**statuses: str) -> MemoryDocuments:
    kept = MemoryDocuments()
    for document_id, status in statuses.items():
        new = Document(DocumentId(document_id), DEMO, "a.md", "text/markdown", 9, now(), now())
        kept.save(replace(new, status=status))  # type: ignore[arg-type]  # each is a status
    return kept


def test_those_that_are_gone_or_going_are_removed() -> None:
    finding = FindRemovedSources(documents(here="ready", going="deleting", broken="failed"))
    assert finding(DEMO, [turn("here", "going"), turn("gone", "broken"), turn()]) == {"going", "gone"}


def test_another_creators_document_is_not_there() -> None:
    assert FindRemovedSources(documents(here="ready"))(CreatorId("demo2"), [turn("here")]) == {"here"}


def test_nothing_is_asked_where_nothing_is_cited() -> None:
    class AsksNothing(MemoryDocuments):
        def known(self, *_: object) -> frozenset[DocumentId]:
            raise AssertionError("nothing was cited")

    assert FindRemovedSources(AsksNothing())(DEMO, [turn(), turn()]) == frozenset()
