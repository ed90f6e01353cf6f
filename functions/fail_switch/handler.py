"""Where a switch that broke off ends: the record says so, and everything is as it was before."""

from coaching import wiring
from coaching.contract.current_model import SwitchFailedEvent, SwitchResult
from coaching.entrypoint.tasks import task


@task(SwitchFailedEvent)
def handler(event: SwitchFailedEvent) -> SwitchResult:
    return SwitchResult(state=wiring.fail_switch()(event.switch_id, event.reason).state)
