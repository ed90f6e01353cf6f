"""Where every failed ingestion ends: the document's record says why."""

from coaching import wiring
from coaching.contract.ingestion import Done, FailEvent
from coaching.entrypoint.tasks import task


@task(FailEvent)
def handler(event: FailEvent) -> Done:
    wiring.fail_document()(event.job, *event.error.code_and_message())
    return Done()
