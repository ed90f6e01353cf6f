"""Document records in memory."""

from dataclasses import dataclass, field

from coaching.adapters.memory.rows import MemoryRows, saved
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentList, Documents
from coaching.vocabulary import CreatorId, DocumentId, Page


@dataclass(frozen=True, slots=True)
class MemoryDocuments(Documents, DocumentList):
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
