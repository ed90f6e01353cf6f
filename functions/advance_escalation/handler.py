"""A round of an escalation: tell who is next, and say when to come again."""

from coaching import wiring
from coaching.contract.escalations import AdvancedResult, EscalationEvent
from coaching.entrypoint.observability import measured
from coaching.entrypoint.tasks import task


@task(EscalationEvent)
def handler(event: EscalationEvent) -> AdvancedResult:
    with measured("escalation_round") as counts:
        advanced = wiring.advance_escalation()(event.creator_id, event.escalation_id)
        counts["NoticesRefused"] = advanced.refused
    return AdvancedResult(wait_seconds=advanced.wait_seconds, ended=advanced.ended, expired=advanced.expired)
