"""Whether a model that was switched to does worse: seen by all instances together, told by whichever sees it first."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from coaching.errors import Conflict, Unavailable
from coaching.models.attempts import Attempt
from coaching.models.error_rate import is_worse
from coaching.models.failures import ABOUT_THE_REQUEST
from coaching.models.following import FollowCurrentModel
from coaching.models.switching import CurrentModel, CurrentModels, Outcomes, Seen
from coaching.vocabulary import now

REPORT_SECONDS: Final = 5.0
"""An instance reports at most so often: 200 of them are 40 writes a second, of 1,000 that one record takes."""
REMEMBERED: Final = 200
"""Answers of each model that an instance remembers, to know how the one before did."""
_SAYS_NOTHING: Final = ABOUT_THE_REQUEST | {"closed", "loading"}

Lost = Callable[[Exception], None]
Told = Callable[[CurrentModel], None]


class WatchSwitch:
    """Counts what came of each model asked, and while a switch is watched reports it to the record.

    Failed is an answer that did not come or broke off. So is one for which the model was left alone because it had
    failed too often (`open`), since whoever waits is not answered by it either way; but only after a failure that this
    instance has seen since the switch: a breaker that was open before tells how the model was then. The first report
    of an instance carries what it remembers of the previous model. An instance that is put to sleep takes along what
    it has not yet reported.
    """

    def __init__(
        self,
        records: CurrentModels,
        follow: FollowCurrentModel,
        told: Told,
        lost: Lost,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._follow = follow
        self._told = told
        self._lost = lost
        self._clock = clock
        self._today = today
        self._lock = Lock()
        self._recent: dict[str, deque[bool]] = {}
        self._watched = ""
        self._failing: set[str] = set()
        self._unreported = Seen()
        self._reported_at = -REPORT_SECONDS

    def note(self, attempts: Sequence[Attempt]) -> None:
        """Count what came of each member of a chain. Asks nobody."""
        with self._lock:
            record = self._turned()
            for attempt in attempts:
                if self._says_something(attempt):
                    failed = attempt.code != "answered"
                    self._recent.setdefault(attempt.model, deque(maxlen=REMEMBERED)).append(failed)
                    if self._watched:
                        self._unreported += _seen(record, attempt.model, failed=failed)

    def report(self) -> None:
        """Tell the record what was counted, if it is time, and put the previous model back if the new one is worse."""
        with self._lock:
            record = self._turned()
            due = self._clock() - self._reported_at >= REPORT_SECONDS
            if not due or self._unreported == Seen():
                return
            seen, self._unreported = self._unreported, Seen()
            self._reported_at = self._clock()
        try:
            self._judge(self._counted(record.switch_id, seen))
        except Conflict:
            return  # Somebody was faster, or the window is over: what is read next says so.
        except Exception as error:  # noqa: BLE001 - whatever it is, the reply does not depend on it
            self._lost(error)

    def _counted(self, switch_id: str, seen: Seen) -> CurrentModel:
        try:
            record = self._records.count(switch_id, seen)
        except Unavailable:
            with self._lock:
                if self._watched == switch_id:
                    self._unreported += seen
            raise
        self._follow.learn(record)
        return record

    def _judge(self, record: CurrentModel) -> None:
        if record.at(self._today()).state == "watching" and is_worse(record.seen.new, record.seen.before):
            returned = self._records.save(record.returned(_why(record), self._today()))
            self._follow.learn(returned)
            self._told(returned)

    def _says_something(self, attempt: Attempt) -> bool:
        if attempt.code == "open":
            return attempt.model in self._failing
        if attempt.code in _SAYS_NOTHING:
            return False
        if attempt.code != "answered":
            self._failing.add(attempt.model)
        return True

    def _turned(self) -> CurrentModel:
        """Return what is known, and begin anew where that is another switch."""
        # Read under the lock: who had read it before would turn back to a switch that is over.
        record = self._follow.known
        watched = record.switch_id if record.state == "watching" else ""
        if watched != self._watched:
            before = self._recent.get(record.previous, ())
            known = Outcomes(answered=len(before) - sum(before), failed=sum(before))
            self._watched, self._unreported = watched, Seen(before=known) if watched else Seen()
            self._failing.clear()
        return record


def _seen(record: CurrentModel, model: str, *, failed: bool) -> Seen:
    outcome = Outcomes(answered=int(not failed), failed=int(failed))
    if model == record.current:
        return Seen(new=outcome)
    return Seen(before=outcome) if model == record.previous else Seen()


def _why(record: CurrentModel) -> str:
    new, before = record.seen.new, record.seen.before
    return (
        f"{new.failed} of {new.ended} answers of {record.current} failed, and {before.failed} of {before.ended} "
        f"that are known of {record.previous}: that is asked first again."
    )
