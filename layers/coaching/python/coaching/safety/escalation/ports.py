"""Where escalations are kept, and how people learn of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from coaching.safety.escalation.record import Escalation, EscalationId, Status
from coaching.safety.escalation.rota import Contact, Rota
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import CreatorId, Page, UserId


class Escalations(Protocol):
    def get(self, creator_id: CreatorId, escalation_id: EscalationId) -> Escalation:
        """Raises: NotFound."""

    def save(self, escalation: Escalation) -> Escalation:
        """Store it and return it with the next `revision`. Raises: StaleWrite, NotFound where it was erased."""

    def current(self, creator_id: CreatorId, user_id: UserId) -> Escalation | None:
        """Return the user's escalation that is not resolved."""


class RaisedEscalations(Protocol):
    def create(self, escalation: Escalation) -> bool:
        """Store it as the user's current one; False where one that is not resolved is there already."""


class EscalationList(Protocol):
    def page(self, creator_id: CreatorId, status: Status | None, *, limit: int, cursor: str | None) -> Page[Escalation]:
        """Return escalations of the status, without one all that are not resolved: gravest first, then oldest.

        Resolved ones come newest first. Raises: Malformed for another list's cursor.
        """


class DueEscalations(Protocol):
    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, EscalationId], ...]:
        """Return open escalations whose next round has been due since `at` or before."""


class Rotas(Protocol):
    def get(self, creator_id: CreatorId) -> Rota:
        """Return the rota; a creator who never saved one has an empty one with revision 0."""

    def save(self, rota: Rota) -> Rota:
        """Store it and return it with the next `revision`. Raises: StaleWrite."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of an escalation: no name of the user and none of their words."""

    creator_id: CreatorId
    escalation_id: EscalationId
    severity: Severity
    topics: tuple[Topic, ...]
    round: int


class Notices(Protocol):
    def tell(self, contact: Contact, notice: Notice) -> int:
        """Tell the person by every address that is known; return how many refused it.

        Raises: Unavailable when none of them took it.
        """


class Watch(Protocol):
    """Keeps the rounds going, whatever becomes of the process that raised the escalation."""

    def begin(self, escalation: Escalation) -> None:
        """Begin, or go on, with the rounds. Twice for the same round is once. Raises: Unavailable."""
