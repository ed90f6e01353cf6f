"""Work on documents that is noted instead of started."""

from dataclasses import dataclass, field

from coaching.knowledge.document import Document
from coaching.knowledge.ports import DocumentWork

Work = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class MemoryDocumentWork(DocumentWork):
    """Which documents' work was started, in order and each once.

    `ingestions` by id, version and attempt; `deletions` by id, version and revision.
    """

    ingestions: dict[Work, Document] = field(default_factory=dict)
    deletions: dict[Work, Document] = field(default_factory=dict)

    def start_ingestion(self, document: Document) -> None:
        self.ingestions.setdefault((document.document_id, document.version, document.attempt), document)

    def start_deletion(self, document: Document) -> None:
        self.deletions.setdefault((document.document_id, document.version, document.revision), document)
