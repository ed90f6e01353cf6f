"""The user's goals: /v1/goals."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.common import ListReply
from coaching.contract.users import CreateGoal, GoalReply, PatchGoal
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, no_content, reply
from coaching.entrypoint.tracing import tracer
from coaching.vocabulary import GoalId

app = RestApp(wiring.answered_requests)


@app.post("/v1/goals")
def set_goal() -> Response[str]:
    return reply(GoalReply.model_validate(wiring.set_goal()(app.identity, app.body(CreateGoal).changes())), 201)


@app.get("/v1/goals")
def list_goals() -> Response[str]:
    who = app.identity
    page = wiring.goals().page(who.creator_id, who.user_id, limit=app.limit, cursor=app.cursor)
    return reply(ListReply[GoalReply].model_validate(page))


@app.get("/v1/goals/<goal_id>")
def see_goal(goal_id: str) -> Response[str]:
    who = app.identity
    return reply(GoalReply.model_validate(wiring.goals().get(who.creator_id, who.user_id, GoalId(goal_id))))


@app.patch("/v1/goals/<goal_id>")
def change_goal(goal_id: str) -> Response[str]:
    changed = wiring.change_goal()(app.identity, GoalId(goal_id), app.body(PatchGoal).changes())
    return reply(GoalReply.model_validate(changed))


@app.delete("/v1/goals/<goal_id>")
def give_goal_up(goal_id: str) -> Response[str]:
    wiring.goals().remove(app.identity.creator_id, app.identity.user_id, GoalId(goal_id))
    return no_content()


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
