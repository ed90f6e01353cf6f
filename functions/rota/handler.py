"""Who is on call when: /v1/rota."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.escalations import PutRota, RotaReply
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

app = RestApp()


@app.get("/v1/rota")
def see_rota() -> Response[str]:
    return reply(RotaReply.model_validate(wiring.rotas().get(app.identity.creator_id)))


@app.put("/v1/rota")
def put_rota() -> Response[str]:
    rota = app.body(PutRota).rota(app.identity.creator_id)
    return reply(RotaReply.model_validate(wiring.put_rota()(rota)))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
