"""Escalations whose rounds were lost go on: the table says which are overdue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from coaching.errors import CoachingError, NotFound, StaleWrite
from coaching.safety.escalation.ports import DueEscalations, Escalations, Watch

GRACE: Final = timedelta(minutes=2)
"""A state machine that is alive is not so late."""
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class SweepEscalations:
    due: DueEscalations
    escalations: Escalations
    watch: Watch
    clock: Callable[[], datetime]

    def __call__(self) -> int:
        """Return how many were begun again. Raises: the first error that kept one from it, after all others."""
        begun, first_error, late = 0, None, self.clock() - GRACE
        for creator_id, escalation_id in self.due.due(late, limit=AT_ONCE):
            try:
                escalation = self.escalations.get(creator_id, escalation_id)
                if escalation.next_at is None or escalation.next_at > late:
                    continue  # The index lags behind the record.
                # With a revision of its own, since an execution's name is taken once.
                self.watch.begin(self.escalations.save(escalation))
                begun += 1
            except (NotFound, StaleWrite):
                continue
            except CoachingError as error:
                first_error = first_error or error
        if first_error:
            raise first_error
        return begun
