"""Document records in DynamoDB."""

from dataclasses import dataclass

from coaching.adapters.aws import keys
from coaching.adapters.aws.table import DynamoDBTable
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentList, Documents
from coaching.vocabulary import CreatorId, DocumentId, Page


@dataclass(frozen=True, slots=True)
class DynamoDBDocuments(Documents, DocumentList):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        return self.table.get(Document, keys.document(creator_id, document_id))

    def save(self, document: Document) -> Document:
        return self.table.save(keys.document(document.creator_id, document.document_id), document)

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        self.table.discard(keys.document(creator_id, document_id))

    def page(self, creator_id: CreatorId, *, limit: int, cursor: str | None) -> Page[Document]:
        return self.table.page(Document, keys.documents(creator_id), limit=limit, cursor=cursor, newest_first=True)
