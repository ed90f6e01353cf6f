"""Step one of the deletion: passages go, then bytes."""

from coaching import wiring
from coaching.contract.ingestion import DocumentEvent, Done
from coaching.entrypoint.tasks import task


@task(DocumentEvent)
def handler(event: DocumentEvent) -> Done:
    wiring.remove_document()(event.creator_id, event.document_id)
    return Done()
