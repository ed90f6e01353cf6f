"""The end of every ingestion: its slot goes to the creator's next document in line."""

from coaching import wiring
from coaching.contract.ingestion import Done, JobEvent
from coaching.entrypoint.tasks import task


@task(JobEvent)
def handler(event: JobEvent) -> Done:
    wiring.end_ingestion()(event.job)
    return Done()
