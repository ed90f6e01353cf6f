"""Step five of the ingestion: make the version visible and the document ready."""

from coaching import wiring
from coaching.contract.ingestion import Done, PublishEvent
from coaching.entrypoint.tasks import task


@task(PublishEvent)
def handler(event: PublishEvent) -> Done:
    passages, characters = event.split.passages, event.extracted.characters
    wiring.publish_document()(event.job, passages=passages, characters=characters, timings=event.timings)
    return Done()
