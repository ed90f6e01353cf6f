"""Every few minutes: look after the documents that have not moved for too long."""

from coaching import wiring
from coaching.contract.ingestion import SweepResult, Tick
from coaching.entrypoint.observability import measured
from coaching.entrypoint.tasks import task


@task(Tick)
def handler(_: Tick) -> SweepResult:
    with measured("sweep") as counts:
        outcomes = wiring.sweep_documents()()
        counts["StuckDocuments"] = outcomes.get("stuck", 0)
    return SweepResult(documents=dict(outcomes))
