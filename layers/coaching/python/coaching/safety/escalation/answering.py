"""What human coaches do with an escalation: claim, hand over, resolve. Every reading is noted too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coaching.errors import Invalid
from coaching.retrying import until_fresh
from coaching.safety.escalation.ports import Escalations, Rotas
from coaching.safety.escalation.record import Escalation, EscalationId, Outcome, Step
from coaching.vocabulary import ConversationId, Identity, MessageId, UserId


@dataclass(frozen=True, slots=True)
class AnswerEscalation:
    """Each change is one conditional write after one reading. That they are coaches, their tokens say."""

    escalations: Escalations
    rotas: Rotas
    clock: Callable[[], datetime]

    def read(self, coach: Identity, escalation_id: EscalationId) -> Escalation:
        """Raises: NotFound."""
        return self._changed(coach, escalation_id, lambda found, at: found.noted(Step(at, "read", coach.user_id)))

    def claim(self, coach: Identity, escalation_id: EscalationId) -> Escalation:
        """Raises: NotFound, Conflict where another coach holds it, unless their claim has lapsed."""
        return self._changed(coach, escalation_id, lambda found, at: found.lapsed(at).claimed(coach.user_id, at))

    def hand_over(self, coach: Identity, escalation_id: EscalationId, to: UserId) -> Escalation:
        """Raises: NotFound, Conflict unless the coach holds it, Invalid for one who is not on the creator's rota."""

        def handed(found: Escalation, at: datetime) -> Escalation:
            given = found.handed_over(coach.user_id, to, at)
            if to not in self.rotas.get(coach.creator_id).coaches:
                raise Invalid("Nobody with this id is on the rota.", fields={"/to": "no coach on the rota has this id"})
            return given

        return self._changed(coach, escalation_id, handed)

    def resolve(self, coach: Identity, escalation_id: EscalationId, outcome: Outcome, note: str) -> Escalation:
        """Raises: NotFound, Conflict unless the coach holds it."""
        return self._changed(coach, escalation_id, lambda found, at: found.resolved(coach.user_id, outcome, note, at))

    def messaged(
        self, coach: Identity, escalation_id: EscalationId, conversation_id: ConversationId, message_id: MessageId
    ) -> Escalation:
        """Note a message to the user, and where it was said. Raises: NotFound, Conflict unless the coach holds it."""

        def noted(found: Escalation, at: datetime) -> Escalation:
            found.held_by(coach.user_id)
            return found.moved(conversation_id).acted(Step(at, "message", coach.user_id, detail=message_id))

        return self._changed(coach, escalation_id, noted)

    def _changed(
        self, coach: Identity, escalation_id: EscalationId, change: Callable[[Escalation, datetime], Escalation]
    ) -> Escalation:
        def step() -> Escalation:
            found = self.escalations.get(coach.creator_id, escalation_id)
            changed = change(found, self.clock())
            return found if changed is found else self.escalations.save(changed)

        return until_fresh(step)
