"""Document records in DynamoDB."""

from collections.abc import Collection
from dataclasses import dataclass

from coaching.adapters.aws import keys
from coaching.adapters.aws.due import due
from coaching.adapters.aws.table import DynamoDBTable
from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentList, Documents, KnownDocuments
from coaching.vocabulary import CreatorId, DocumentId, Page


@dataclass(frozen=True, slots=True)
class DynamoDBDocuments(Documents, DocumentList, KnownDocuments):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, document_id: DocumentId) -> Document:
        return self.table.get(Document, keys.document(creator_id, document_id))

    def save(self, document: Document) -> Document:
        return self.table.save(keys.document(document.creator_id, document.document_id), document, due(document))

    def remove(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        self.table.discard(keys.document(creator_id, document_id))

    def page(self, creator_id: CreatorId, *, limit: int, cursor: str | None) -> Page[Document]:
        return self.table.page(Document, keys.documents(creator_id), limit=limit, cursor=cursor, newest_first=True)

    def known(self, creator_id: CreatorId, document_ids: Collection[DocumentId]) -> frozenset[DocumentId]:
        wanted = [keys.document(creator_id, document_id) for document_id in set(document_ids)]
        found = self.table.get_each(Document, wanted)
        return frozenset(document.document_id for document in found if document.status != "deleting")
