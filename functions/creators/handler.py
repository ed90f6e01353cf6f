"""The creator's own description: /v1/creator."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.creators import CreatorReply, PutCreator
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

app = RestApp()


@app.get("/v1/creator")
def see_creator() -> Response[str]:
    return reply(CreatorReply.model_validate(wiring.creators().get(app.identity.creator_id)))


@app.put("/v1/creator")
def describe_creator() -> Response[str]:
    described = wiring.describe_creator()(app.identity.creator_id, **app.body(PutCreator).values())
    return reply(CreatorReply.model_validate(described))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
