"""Step four of the ingestion: store the version's passages, not visible yet."""

from coaching import wiring
from coaching.contract.ingestion import BatchResult, IndexEvent
from coaching.entrypoint.tasks import Stopwatch, task


@task(IndexEvent)
def handler(event: IndexEvent) -> BatchResult:
    watch = Stopwatch()
    passages = wiring.index_passages()(event.job, event.split.batches)
    return BatchResult(passages=passages, milliseconds=watch.milliseconds)
