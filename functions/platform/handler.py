"""Health and the contract: open to everyone."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.common import Health
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer
from coaching.settings import settings

app = RestApp()


@app.get("/v1/health")
def health() -> Response[str]:
    chosen = settings()
    parts = {
        "chat": ", ".join(chosen.chat_models) or "composer",
        "embedder": chosen.embedder,
        "passages": chosen.vector_store,
    }
    # By name, and what is the matter; what to do about it is for the log alone, as anybody may ask here.
    parts |= {missing.name: missing.code for missing in wiring.verify_models()()}
    return reply(Health(status="ok", parts=parts))


@app.get("/v1/openapi.json")
def openapi() -> Response[str]:
    document = Path(__file__).with_name("openapi.json").read_text("utf-8")
    return Response(status_code=200, content_type="application/json", body=document)


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
