"""For each transcription that the queue says has ended: tell the state machine that waits for it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.ingestion import TranscriptionEndedEvent
from coaching.entrypoint.observability import logged
from coaching.entrypoint.queues import each_record
from coaching.entrypoint.tracing import tracer


def finish_transcription(event: TranscriptionEndedEvent) -> None:
    wiring.finish_transcription()(event.job)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return each_record(event, context, TranscriptionEndedEvent, finish_transcription)
