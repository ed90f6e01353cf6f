"""Document records in memory."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from coaching.adapters.memory.rows import MemoryRows, saved
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentList, Documents, DueDocuments, KnownDocuments
from coaching.vocabulary import CreatorId, DocumentId, Page


@dataclass(frozen=True, slots=True)
class MemoryDocuments(Documents, DocumentList, DueDocuments, KnownDocuments):
    rows: MemoryRows[Document] = field(default_factory=lambda: MemoryRows("document"))

    def get(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        return self.rows.get((creator_id,), document_id)

    def save(self, document: Document) -> Document:
        return saved(self.rows, (document.creator_id,), document.document_id, document)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        with self.rows.alone((creator_id,)) as rows:
            rows.pop(document_id, None)

    def page(self, creator_id: CreatorId, *, limit: int, cursor: str | None) -> Page[Document]:
        return self.rows.page((creator_id,), limit=limit, cursor=cursor, newest_first=True)

    def known(self, creator_id: CreatorId, document_ids: Collection[DocumentId]) -> frozenset[DocumentId]:
        with self.rows.alone((creator_id,)) as rows:
            return frozenset(each for each in document_ids if each in rows and rows[each].status != "deleting")

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, DocumentId], ...]:
        with self.rows.lock:
            everything = [document for rows in self.rows.owners.values() for document in rows.values()]
        waiting = sorted(
            (document.due_at, document.creator_id, document.document_id, document.status == "received")
            for document in everything
            if document.due_at is not None and document.due_at <= at
        )
        of_each = limit // 2
        found = [*[each for each in waiting if not each[3]][:of_each], *[each for each in waiting if each[3]][:of_each]]
        return tuple((creator_id, document_id) for _, creator_id, document_id, _ in found)
