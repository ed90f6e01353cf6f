"""What comes before step one for a recording: have its speech written down. The state machine waits for the end."""

from coaching import wiring
from coaching.contract.ingestion import Done, TranscriptionEvent
from coaching.entrypoint.tasks import task


@task(TranscriptionEvent)
def handler(event: TranscriptionEvent) -> Done:
    wiring.start_transcription()(event.job, event.token)
    return Done()
