"""Invokes functions by the clock, as EventBridge Scheduler does: moto keeps schedules, but never fires them."""

import logging
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from infra.plan import Schedule
from local.functions import ACCOUNT, REGION, Functions
from local.worker import Worker


class Clock(Worker):
    """Invokes a schedule's capability once per period, first after one. An invocation that fails is logged."""

    def __init__(self, schedule: Schedule, functions: Functions, *, period_seconds: float | None = None) -> None:
        super().__init__(f"schedule-{schedule.name}")
        self._schedule = schedule
        self._functions = functions
        self._period_seconds = schedule.every_minutes * 60.0 if period_seconds is None else period_seconds

    def tick(self) -> None:
        """Invoke the capability once."""
        outcome = self._functions.invoke(self._schedule.capability, self._event())
        if outcome.error:
            logging.getLogger(__name__).warning("The schedule %s met %s.", self._schedule.name, outcome.error)

    def work(self) -> None:
        while not self.stopping.wait(self._period_seconds):
            self.tick()

    def _event(self) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "region": REGION,
            "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{self._schedule.name}"],
            "detail": "{}",
        }


def clocks(schedules: Iterable[Schedule], functions: Functions) -> list[Clock]:
    """Return a clock for each schedule, not started yet."""
    return [Clock(schedule, functions) for schedule in schedules]
