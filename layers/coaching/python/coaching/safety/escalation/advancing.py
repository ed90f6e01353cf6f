"""The next round of an escalation, as its state machine takes it: the table is the truth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from coaching.errors import NotFound, Unavailable
from coaching.retrying import until_fresh
from coaching.safety.escalation.ports import Escalations, Notice, Notices, Rotas
from coaching.safety.escalation.record import Escalation, EscalationId, Step
from coaching.safety.escalation.rota import Contact
from coaching.safety.escalation.rounds import Round, rounds_from
from coaching.safety.escalation.waits import LEASE, TRIED_FOR, WAITS
from coaching.vocabulary import CreatorId


@dataclass(frozen=True, slots=True)
class Advanced:
    """What the state machine does next: wait so many seconds and come again, or end. `expired` rings an alarm, and so
    do addresses that `refused` a message."""

    wait_seconds: int
    ended: bool
    expired: bool = False
    refused: int = 0


@dataclass(frozen=True, slots=True)
class _Result:
    """How a round went: its last circle, what was tried, whether anybody was reached, how many addresses refused."""

    number: int
    steps: tuple[Step, ...]
    reached: bool
    refused: int


@dataclass(frozen=True, slots=True)
class AdvanceEscalation:
    """Takes the round that is due, if one is. Of two that come at once, one takes it and the other waits."""

    escalations: Escalations
    rotas: Rotas
    notices: Notices
    clock: Callable[[], datetime]

    def __call__(self, creator_id: CreatorId, escalation_id: EscalationId) -> Advanced:
        """One whose user was erased is over. Raises: StorageUnavailable, StaleWrite."""
        try:
            return self._advanced(creator_id, escalation_id)
        except NotFound:
            return Advanced(0, ended=True)

    def _advanced(self, creator_id: CreatorId, escalation_id: EscalationId) -> Advanced:
        at = self.clock()
        before, due = until_fresh(lambda: self._leased(creator_id, escalation_id, at))
        if not due:
            return _next(before, at)
        result = self._told(before, at)

        def noted() -> Escalation:
            now = self.escalations.get(creator_id, escalation_id)
            return self.escalations.save(_after(before, now, result, at))

        return replace(_next(until_fresh(noted), at), refused=result.refused)

    def _leased(self, creator_id: CreatorId, escalation_id: EscalationId, at: datetime) -> tuple[Escalation, bool]:
        escalation = self.escalations.get(creator_id, escalation_id).lapsed(at)
        if escalation.status != "open" or escalation.next_at is None or at < escalation.next_at:
            return escalation, False
        return self.escalations.save(replace(escalation, next_at=at + LEASE)), True

    def _told(self, escalation: Escalation, at: datetime) -> _Result:
        """Tell circle after circle until somebody is reached."""
        rota = self.rotas.get(escalation.creator_id)
        on_call = rota.on_call(at)
        steps = [] if escalation.round or on_call else [Step(at, "nobody_on_call")]
        number, refused, reached = escalation.round, 0, False
        for number, circle in rounds_from(escalation.round, rota, on_call):  # noqa: B007 - the last one counts
            for contact in circle.contacts:
                step, refusals = self._step(escalation, circle, contact, at)
                steps.append(step)
                refused += refusals
                reached = reached or step.act == "told"
            if reached:
                break
        return _Result(number, tuple(steps), reached, refused)

    def _step(self, escalation: Escalation, circle: Round, contact: Contact, at: datetime) -> tuple[Step, int]:
        """Return what was tried, and how many addresses refused."""
        notice = Notice(
            escalation.creator_id,
            escalation.escalation_id,
            escalation.severity,
            escalation.topics,
            escalation.round,
        )
        try:
            refused = self.notices.tell(contact, notice)
        except Unavailable as error:
            return Step(at, "not_told", detail=f"{circle.circle}: {error.code}"), 1
        return Step(at, "told", detail=circle.circle), refused


def _after(taken: Escalation, now: Escalation, result: _Result, at: datetime) -> Escalation:
    """Return what is kept after a round. What changed meanwhile, a claim or a graver flag, stays as it is."""
    noted = now.noted(*result.steps) if result.steps else now
    if now.status != "open" or now.next_at != taken.next_at:
        return noted
    if result.reached:
        return replace(noted, round=result.number + 1, next_at=at + WAITS[now.severity])
    tried = any(step.act == "not_told" for step in result.steps)
    if tried and at < now.created_at + TRIED_FOR:
        return noted
    return replace(noted, status="expired", next_at=None).noted(Step(at, "expired"))


def _next(escalation: Escalation, at: datetime) -> Advanced:
    if escalation.next_at is None:
        return Advanced(0, ended=True, expired=escalation.status == "expired")
    # Whole seconds, so that whoever comes again is not early.
    return Advanced(max(1, -int(-(escalation.next_at - at).total_seconds() // 1)), ended=False)
