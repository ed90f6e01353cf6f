"""What the creator's models took and cost: /v1/usage."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.usage import UsageOfMonthReply
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

app = RestApp()


@app.get("/v1/usage")
def see_usage() -> Response[str]:
    return reply(UsageOfMonthReply.of(wiring.see_usage()(app.identity.creator_id, app.month)))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
