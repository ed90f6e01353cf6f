"""Carries a switch of models out: load, try, move. The record says how it ended."""

from coaching import wiring
from coaching.contract.current_model import SwitchEvent, SwitchResult
from coaching.entrypoint.tasks import task


@task(SwitchEvent)
def handler(event: SwitchEvent) -> SwitchResult:
    return SwitchResult(state=wiring.switch_model()(event.switch_id).state)
