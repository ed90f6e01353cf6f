"""An escalation and its audit trail, as they are kept."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal, NewType

from coaching.errors import Conflict
from coaching.safety.escalation.waits import HOLDS, WAITS
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, CreatorId, UserId

EscalationId = NewType("EscalationId", str)
Status = Literal["open", "claimed", "resolved", "expired"]
"""`expired`: everybody was told and nobody came. A human may still claim it; until then the user is on their own."""
Outcome = Literal["safe_now", "referred", "emergency_services", "no_contact", "false_alarm"]
Act = Literal[
    "raised", "raised_again", "told", "not_told", "nobody_on_call", "claimed", "message", "handed_over", "lapsed",
    "resolved", "expired", "read",
]  # fmt: skip
Action = Literal["call_now", "reach_out_today", "look_in"]
SYSTEM: Final = UserId("system")
RAISES_FROM: Final = Severity.ELEVATED
"""Of red flags. What nothing could answer raises a LOW one, which waits in the inbox and of which nobody is told."""
LOCKS_FROM: Final = Severity.HIGH
"""From here on the coach listens and does nothing else until the escalation is resolved."""
CONVERSATIONS_KEPT: Final = 5
STEPS_KEPT: Final = 200
"""Of an escalation's trail; an item of the table holds 400 kB. The first steps and the latest stay. Readings of whoever
read it before, such as a client that polls, go first."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the audit trail. `detail` is a code or an id, never somebody's words."""

    at: datetime
    act: Act
    by: UserId = SYSTEM
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """One per user at a time. The turns that raised it name it. `conversation_id` is where the user is, `earlier` where
    they were: another red flag moves it. `round` counts who was told (`rounds.py`).

    `next_at` is when the next round is due, or when a claim lapses; None where nothing happens by itself. `note` is the
    coach's and may hold what the user said, so it is read by coaches of this creator alone. `revision` counts writes
    and guards them.
    """

    escalation_id: EscalationId
    creator_id: CreatorId
    user_id: UserId
    conversation_id: ConversationId
    severity: Severity
    topics: tuple[Topic, ...]
    created_at: datetime
    updated_at: datetime
    earlier: tuple[ConversationId, ...] = ()
    about_other: bool = False
    resources: tuple[str, ...] = ()
    status: Status = "open"
    round: int = 0
    next_at: datetime | None = None
    claimed_by: UserId | None = None
    outcome: Outcome | None = None
    note: str = ""
    steps: tuple[Step, ...] = ()
    revision: int = 0

    @property
    def locks(self) -> bool:
        """Whether coaching is set aside for listening."""
        return self.status != "resolved" and self.severity >= LOCKS_FROM

    @property
    def awaited(self) -> bool:
        """Whether a human may come: not where all were told and nobody came, nor where nobody could be told so far."""
        acts = {step.act for step in self.steps}
        told = "told" in acts or not acts & {"not_told", "nobody_on_call"}
        return self.status == "claimed" or (self.status == "open" and told)

    @property
    def recommended_action(self) -> Action:
        return recommended_action(self.severity)

    @property
    def rank(self) -> str:
        """A text in whose order lists are: the gravest first, of these the oldest; resolved ones newest first."""
        if self.status == "resolved":
            newest_first = 2**53 - int(self.updated_at.timestamp() * 1_000_000)
            return f"{newest_first:016}#{self.escalation_id}"
        return f"{Severity.IMMINENT - self.severity}#{self.created_at.astimezone(UTC).isoformat()}#{self.escalation_id}"

    def raised_again(self, severity: Severity, topics: tuple[Topic, ...], at: datetime) -> "Escalation":
        """Return the escalation after another red flag of the same user. What is graver begins the rounds anew."""
        graver = severity > self.severity
        grown = replace(
            self,
            severity=max(severity, self.severity),
            topics=tuple(dict.fromkeys((*self.topics, *topics))),
        )
        if graver and self.status in ("open", "expired"):
            grown = replace(grown, status="open", round=0, next_at=at if severity in WAITS else None)
        return grown.noted(Step(at, "raised_again", detail=severity.name.lower()))

    def moved(self, to: ConversationId) -> "Escalation":
        """Return it with the conversation in which the user is now."""
        before = tuple(each for each in dict.fromkeys((*self.earlier, self.conversation_id)) if each != to)
        return replace(self, conversation_id=to, earlier=before[-CONVERSATIONS_KEPT:])

    def claimed(self, by: UserId, at: datetime) -> "Escalation":
        """Raises: Conflict where another coach holds it or it is resolved. Claiming one's own changes nothing."""
        if self.status == "claimed" and self.claimed_by == by:
            return self
        if self.status in ("claimed", "resolved"):
            raise Conflict(f"This escalation is {self.status} already.", code=f"already_{self.status}")
        return replace(self, status="claimed", claimed_by=by).acted(Step(at, "claimed", by))

    def handed_over(self, by: UserId, to: UserId, at: datetime) -> "Escalation":
        """Return it held by another coach. Raises: Conflict unless `by` holds it."""
        self.held_by(by)
        return replace(self, claimed_by=to).acted(Step(at, "handed_over", by, detail=to))

    def lapsed(self, at: datetime) -> "Escalation":
        """Return it open, with the rounds begun anew, where its holder has not done anything for too long."""
        if self.status != "claimed" or self.next_at is None or at < self.next_at:
            return self
        opened = replace(self, status="open", claimed_by=None, round=0, next_at=at)
        return opened.noted(Step(at, "lapsed", detail=self.claimed_by or ""))

    def resolved(self, by: UserId, outcome: Outcome, note: str, at: datetime) -> "Escalation":
        """Raises: Conflict unless `by` holds it."""
        self.held_by(by)
        ended = replace(self, status="resolved", outcome=outcome, note=note, next_at=None)
        return ended.noted(Step(at, "resolved", by, detail=outcome))

    def held_by(self, coach: UserId) -> None:
        """Raises: Conflict unless this coach holds it."""
        if self.status != "claimed":
            raise Conflict(f"Claim this escalation first; it is {self.status}.", code="not_claimed")
        if self.claimed_by != coach:
            raise Conflict("Another coach holds this escalation.", code="already_claimed")

    def acted(self, step: Step) -> "Escalation":
        """Return it with what its holder did, from which on the claim lasts anew."""
        hold = HOLDS.get(self.severity)
        return replace(self, next_at=step.at + hold if hold else None).noted(step)

    def noted(self, *steps: Step) -> "Escalation":
        """Return it with these steps at the end of its trail."""
        trail = _without_repeated_readings((*self.steps, *steps))
        if len(trail) > STEPS_KEPT:
            trail = (*trail[: STEPS_KEPT // 2], *trail[-STEPS_KEPT // 2 :])
        return replace(self, steps=trail, updated_at=steps[-1].at)


def _without_repeated_readings(trail: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return a trail that is too long without the earliest readings of those who had read it before."""
    kept: list[Step] = []
    readers: set[UserId] = set()
    over = len(trail) - STEPS_KEPT
    for step in trail:
        if over > 0 and step.act == "read" and step.by in readers:
            over -= 1
            continue
        readers |= {step.by} if step.act == "read" else set()
        kept.append(step)
    return tuple(kept)


def recommended_action(severity: Severity) -> Action:
    """Return what a human should do."""
    if severity is Severity.IMMINENT:
        return "call_now"
    return "reach_out_today" if severity is Severity.HIGH else "look_in"
