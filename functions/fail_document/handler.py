"""Where every failed ingestion comes by: the document's record says why."""

from coaching import wiring
from coaching.contract.ingestion import FailEvent, FailResult
from coaching.entrypoint.tasks import task


@task(FailEvent)
def handler(event: FailEvent) -> FailResult:
    return FailResult(failed=wiring.fail_document()(event.job, *event.error.code_and_message()))
