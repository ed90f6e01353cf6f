"""A creator with two coaches, and everything that an escalation needs, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from coaching.adapters.memory.escalations import MemoryEscalations, MemoryRotas
from coaching.errors import Unavailable
from coaching.safety.escalation.advancing import AdvanceEscalation
from coaching.safety.escalation.answering import AnswerEscalation
from coaching.safety.escalation.ports import Notice, Notices, Watch
from coaching.safety.escalation.raising import RaiseEscalation, RedFlag
from coaching.safety.escalation.record import Escalation
from coaching.safety.escalation.rota import Contact, OnCall, Rota
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, CreatorId, Identity, UserId

CREATOR, USER = CreatorId("acme"), UserId("user-1")
ANNA, BEN = UserId("anna"), UserId("ben")
CONTACTS = {ANNA: Contact("Anna", email="anna@acme.test"), BEN: Contact("Ben", phone="+15550100")}
OWNER = Contact("Owner", email="owner@acme.test")
EMERGENCY = Contact("Duty line", phone="+15550199")
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
ROTA = Rota(
    CREATOR,
    coaches=CONTACTS,
    hours=(OnCall(ANNA, EVERY_DAY, time(8), time(20)), OnCall(BEN, EVERY_DAY, time(8), time(20))),
    creator=OWNER,
    emergency=EMERGENCY,
)
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)


def coach(user_id: UserId) -> Identity:
    return Identity(user_id, CREATOR, frozenset({"coach"}))


def flag(severity: Severity = Severity.HIGH, *, topic: Topic = Topic.SUICIDE, user: UserId = USER) -> RedFlag:
    return RedFlag(CREATOR, user, ConversationId("talk"), severity, (topic,))


@dataclass
class Clock:
    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, passed: timedelta) -> None:
        self.at += passed


@dataclass
class Outbox(Notices):
    """Remembers who was told; those in `dead` cannot be. `meanwhile` happens while somebody is told."""

    told: list[tuple[str, Notice]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    meanwhile: Callable[[], object] | None = None
    refusals: int = 0

    def tell(self, contact: Contact, notice: Notice) -> int:
        if contact.name in self.dead:
            raise Unavailable("No message can be sent now.")
        self.told.append((contact.name, notice))
        if self.meanwhile:
            self.meanwhile()
        return self.refusals

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]


@dataclass
class Begun(Watch):
    escalations: list[Escalation] = field(default_factory=list)
    down: Exception | None = None

    def begin(self, escalation: Escalation) -> None:
        if self.down:
            raise self.down
        self.escalations.append(escalation)


class House:
    """All use cases over one memory and one clock."""

    def __init__(self, rota: Rota = ROTA, at: datetime = MORNING) -> None:
        self.clock, self.outbox, self.begun = Clock(at), Outbox(), Begun()
        self.escalations, self.rotas = MemoryEscalations(), MemoryRotas()
        self.rotas.save(rota)
        self.lost: list[tuple[Escalation, Exception]] = []
        self.raise_ = RaiseEscalation(
            self.escalations, self.escalations, self.rotas, self.begun, self.clock, lambda *lost: self.lost.append(lost)
        )
        self.advance = AdvanceEscalation(self.escalations, self.rotas, self.outbox, self.clock)
        self.answer = AnswerEscalation(self.escalations, self.rotas, self.clock)

    def raised(self, severity: Severity = Severity.HIGH) -> Escalation:
        return self.raise_(flag(severity)).escalation

    def now(self, escalation: Escalation) -> Escalation:
        return self.escalations.get(CREATOR, escalation.escalation_id)
