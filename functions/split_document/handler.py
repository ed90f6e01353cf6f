"""Step two of the ingestion: cut the text into passages, laid out in batches."""

from coaching import wiring
from coaching.contract.ingestion import JobEvent, SplitResult
from coaching.entrypoint.tasks import Stopwatch, task


@task(JobEvent)
def handler(event: JobEvent) -> SplitResult:
    watch = Stopwatch()
    laid = wiring.split_document()(event.job)
    return SplitResult(batches=list(laid.keys), passages=laid.passages, milliseconds=watch.milliseconds)
