"""Step three of the ingestion, once per batch: embed its passages, and judge them."""

from coaching import wiring
from coaching.contract.ingestion import BatchEvent, BatchResult
from coaching.entrypoint.tasks import Stopwatch, task


@task(BatchEvent)
def handler(event: BatchEvent) -> BatchResult:
    watch = Stopwatch()
    passages = wiring.embed_passages()(event.batch)
    return BatchResult(passages=passages, milliseconds=watch.milliseconds)
