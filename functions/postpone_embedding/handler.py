"""The ingestion waits for an embedder that does not answer: how long, and the document's record says so."""

from coaching import wiring
from coaching.contract.ingestion import PostponeEvent, Postponement
from coaching.entrypoint.tasks import task


@task(PostponeEvent)
def handler(event: PostponeEvent) -> Postponement:
    seconds = wiring.postpone_embedding()(event.job, event.postponed.times)
    return Postponement(seconds=seconds, times=event.postponed.times + 1)
