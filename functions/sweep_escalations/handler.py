"""Every few minutes: escalations whose state machine was lost go on."""

from coaching import wiring
from coaching.contract.escalations import SweptEscalations
from coaching.contract.ingestion import Tick
from coaching.entrypoint.observability import measured
from coaching.entrypoint.tasks import task


@task(Tick)
def handler(_: Tick) -> SweptEscalations:
    with measured("escalation_sweep") as counts:
        begun = wiring.sweep_escalations()()
        counts["LostEscalations"] = begun
    return SweptEscalations(begun=begun)
