"""Step one of the ingestion: read the file, clean its text."""

from coaching import wiring
from coaching.contract.ingestion import ExtractedResult, JobEvent
from coaching.entrypoint.tasks import Stopwatch, task


@task(JobEvent)
def handler(event: JobEvent) -> ExtractedResult:
    watch = Stopwatch()
    characters = wiring.extract_document()(event.job)
    return ExtractedResult(characters=characters, milliseconds=watch.milliseconds)
