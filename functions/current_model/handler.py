"""Which model is asked first: /v1/models/current."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.current_model import CurrentModelReply, PostCurrentModel
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

app = RestApp(wiring.answered_requests)


@app.get("/v1/models/current")
def see_current_model() -> Response[str]:
    return reply(CurrentModelReply.of(wiring.see_current_model()()))


@app.post("/v1/models/current")
def switch_model() -> Response[str]:
    here = wiring.begin_switch()(app.body(PostCurrentModel).model, app.identity.user_id)
    return reply(CurrentModelReply.of(here), 202)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
