"""Step two of the deletion: read after it, and fail where a passage is still found."""

from coaching import wiring
from coaching.contract.ingestion import DocumentEvent, Done
from coaching.entrypoint.tasks import task


@task(DocumentEvent)
def handler(event: DocumentEvent) -> Done:
    wiring.verify_removal()(event.creator_id, event.document_id)
    return Done()
