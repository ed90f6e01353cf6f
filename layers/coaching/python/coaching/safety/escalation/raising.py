"""A red flag becomes an escalation: one per user, however many flags there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coaching.errors import StaleWrite
from coaching.retrying import until_fresh
from coaching.safety.escalation.ports import Escalations, RaisedEscalations, Rotas, Watch
from coaching.safety.escalation.record import Escalation, EscalationId, Step
from coaching.safety.escalation.waits import WAITS
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, CreatorId, UserId, new_ulid


@dataclass(frozen=True, slots=True)
class RedFlag:
    """What was seen in a message, and the names of the resources that the user was given."""

    creator_id: CreatorId
    user_id: UserId
    conversation_id: ConversationId
    severity: Severity
    topics: tuple[Topic, ...]
    about_other: bool = False
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """The escalation as it stands, and whether anybody is on call who may answer soon."""

    escalation: Escalation
    on_call: bool

    @property
    def claimed(self) -> bool:
        """Whether a human is with the user already."""
        return self.escalation.status == "claimed"


@dataclass(frozen=True, slots=True)
class RaiseEscalation:
    """Keeps the escalation first and begins its rounds then: what stands in the table is found by the sweep."""

    escalations: Escalations
    raised: RaisedEscalations
    rotas: Rotas
    watch: Watch
    clock: Callable[[], datetime]
    lost: Callable[[Escalation, Exception], None]
    """Takes an escalation whose rounds could not be begun, and why, for the log; the sweep begins them."""

    def __call__(self, flag: RedFlag) -> Raised:
        """Raises: StorageUnavailable, StaleWrite."""
        at = self.clock()
        escalation = until_fresh(lambda: self._kept(flag, at))
        if escalation.next_at == at:
            try:
                self.watch.begin(escalation)
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever is in danger is answered
                self.lost(escalation, error)
        return Raised(escalation, bool(self.rotas.get(flag.creator_id).on_call(at)))

    def _kept(self, flag: RedFlag, at: datetime) -> Escalation:
        known = self.escalations.current(flag.creator_id, flag.user_id)
        if known is None:
            new = _new(flag, at)
            if self.raised.create(new):
                return self.escalations.get(flag.creator_id, new.escalation_id)
            known = self.escalations.current(flag.creator_id, flag.user_id)
            if known is None:
                raise StaleWrite("The escalation before was resolved at this moment; try again.")
        return self.escalations.save(known.raised_again(flag.severity, flag.topics, at).moved(flag.conversation_id))


def _new(flag: RedFlag, at: datetime) -> Escalation:
    new = Escalation(
        EscalationId(new_ulid()),
        flag.creator_id,
        flag.user_id,
        flag.conversation_id,
        flag.severity,
        flag.topics,
        created_at=at,
        updated_at=at,
        about_other=flag.about_other,
        resources=flag.resources,
        next_at=at if flag.severity in WAITS else None,
    )
    return new.noted(Step(at, "raised", detail=flag.severity.name.lower()))
