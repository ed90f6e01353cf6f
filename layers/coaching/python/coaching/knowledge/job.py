"""What the steps of an ingestion work on."""

from dataclasses import dataclass

from coaching.vocabulary import CreatorId, DocumentId


@dataclass(frozen=True, slots=True)
class Job:
    """One try at one uploaded version of a document."""

    creator_id: CreatorId
    document_id: DocumentId
    version: int
    attempt: int
