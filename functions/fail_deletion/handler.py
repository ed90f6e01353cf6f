"""Where a failed deletion ends: the document's record says so, and it can be deleted again."""

from coaching import wiring
from coaching.contract.ingestion import DeletionFailedEvent, Done
from coaching.entrypoint.tasks import task


@task(DeletionFailedEvent)
def handler(event: DeletionFailedEvent) -> Done:
    wiring.fail_deletion()(event.creator_id, event.document_id, *event.error.code_and_message())
    return Done()
