"""The user's profile: /v1/profile."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.users import PatchProfile, ProfileReply
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer

app = RestApp()


@app.get("/v1/profile")
def see_profile() -> Response[str]:
    profile = wiring.profiles().get(app.identity.creator_id, app.identity.user_id)
    return reply(ProfileReply.model_validate(profile))


@app.patch("/v1/profile")
def change_profile() -> Response[str]:
    changes = app.body(PatchProfile).changes()
    return reply(ProfileReply.model_validate(wiring.change_profile()(app.identity, changes)))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
