"""Step three of the deletion: the record goes when nothing of the document is found any more."""

from coaching import wiring
from coaching.contract.ingestion import DocumentEvent, Done
from coaching.entrypoint.tasks import task


@task(DocumentEvent)
def handler(event: DocumentEvent) -> Done:
    wiring.documents().remove(event.creator_id, event.document_id)
    return Done()
