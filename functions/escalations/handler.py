"""The human coach's inbox: /v1/escalations."""

from typing import Any, cast, get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching import wiring
from coaching.contract.common import ListReply
from coaching.contract.conversations import TurnReply
from coaching.contract.escalations import EscalationDetailReply, EscalationReply, HandOver, Resolve, SendHumanMessage
from coaching.entrypoint.observability import logged
from coaching.entrypoint.rest import RestApp, reply
from coaching.entrypoint.tracing import tracer
from coaching.errors import Malformed
from coaching.safety.escalation.record import EscalationId, Status
from coaching.vocabulary import UserId

app = RestApp(wiring.answered_requests)


@app.get("/v1/escalations")
def list_escalations() -> Response[str]:
    status = app.current_event.get_query_string_value("status", "") or None
    if status not in (None, *get_args(Status)):
        raise Malformed(f"`status` is one of {', '.join(get_args(Status))}.")
    page = wiring.escalations().page(
        app.identity.creator_id, cast("Status | None", status), limit=app.limit, cursor=app.cursor
    )
    items = [EscalationReply.of(each) for each in page.items]
    return reply(ListReply[EscalationReply](items=items, next_cursor=page.next_cursor))


@app.get("/v1/escalations/<escalation_id>")
def read_escalation(escalation_id: str) -> Response[str]:
    return reply(EscalationDetailReply.read(*wiring.read_escalation()(app.identity, EscalationId(escalation_id))))


@app.post("/v1/escalations/<escalation_id>/claim")
def claim(escalation_id: str) -> Response[str]:
    return reply(EscalationReply.of(wiring.answer_escalation().claim(app.identity, EscalationId(escalation_id))))


@app.post("/v1/escalations/<escalation_id>/message")
def send_message(escalation_id: str) -> Response[str]:
    said = app.body(SendHumanMessage).text
    return reply(TurnReply.of(wiring.speak_as_human()(app.identity, EscalationId(escalation_id), said)), 201)


@app.post("/v1/escalations/<escalation_id>/hand-over")
def hand_over(escalation_id: str) -> Response[str]:
    to = UserId(app.body(HandOver).to)
    return reply(
        EscalationReply.of(wiring.answer_escalation().hand_over(app.identity, EscalationId(escalation_id), to))
    )


@app.post("/v1/escalations/<escalation_id>/resolve")
def resolve(escalation_id: str) -> Response[str]:
    wanted = app.body(Resolve)
    resolved = wiring.answer_escalation().resolve(
        app.identity, EscalationId(escalation_id), wanted.outcome, wanted.note
    )
    return reply(EscalationReply.of(resolved))


@logged
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
