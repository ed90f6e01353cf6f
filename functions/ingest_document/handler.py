"""The starter: for each upload that the queue announces, start the ingestion or put it in line."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.ingestion import UploadEvent
from coaching.entrypoint.observability import logged
from coaching.entrypoint.queues import each_record
from coaching.entrypoint.tracing import tracer


def start_ingestion(event: UploadEvent) -> None:
    wiring.take_upload()(event.creator_id, event.document_id, event.arrival)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return each_record(event, context, UploadEvent, start_ingestion)
