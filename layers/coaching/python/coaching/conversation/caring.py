"""What is said instead of coaching, where somebody is in danger or a human is awaited."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from coaching.errors import Invalid
from coaching.safety.crisis.countries import named_country
from coaching.safety.crisis.registry import Registry
from coaching.safety.crisis.replies import Human, Situation, resources_for
from coaching.safety.crisis.templates import Templates
from coaching.safety.escalation.raising import RedFlag
from coaching.safety.escalation.record import RAISES_FROM, Escalation, EscalationId, recommended_action
from coaching.safety.topics import Severity, Topic
from coaching.safety.validation import check_crisis, check_listening
from coaching.safety.watching import Watched, WatchUser
from coaching.vocabulary import CheckedReply, ConversationId, Danger, Identity

WORDS_OF_A_PLACE = 5
"""At most, of a message that says where somebody is and nothing else: "I live in New Zealand"."""


@dataclass(frozen=True, slots=True)
class Care:
    """The reply, what was seen in the message (None where nothing was), and the escalation that it belongs to."""

    reply: CheckedReply
    danger: Danger | None
    escalation_id: EscalationId | None


@dataclass(frozen=True, slots=True)
class CareForUser:
    """`templates` are the approved words by language and `registry` the resources; each raises Invalid or OSError.

    Where the resources cannot be read, the words alone are said, which send the user to the emergency number.
    """

    watch: WatchUser
    templates: Callable[[tuple[str, ...]], Templates]
    registry: Callable[[], Registry]

    def __call__(
        self, who: Identity, conversation_id: ConversationId, message: str, watched: Watched, locales: tuple[str, ...]
    ) -> Care | None:
        """Return what to say to a message that was looked at; None where coaching may go on.

        `locales` are the user's, which says where they are, and the creator's, which is the next best language.
        """
        if watched.topic is not None:
            situation = self._situation(watched, watched.topic, message, locales)
            return self._of_danger(who, conversation_id, watched, situation, self.templates(locales))
        if watched.current is not None and (watched.locked or self._says_where(watched.current, message)):
            return self._awaiting(watched.current, message, locales)
        return None

    def unanswered(self, who: Identity, conversation_id: ConversationId) -> EscalationId | None:
        """Put what nothing could answer into the inbox, without telling anybody; None where that fails too."""
        raised = self.watch.raise_flag(RedFlag(who.creator_id, who.user_id, conversation_id, Severity.LOW, ()))
        return raised.escalation.escalation_id if raised else None

    def _situation(self, watched: Watched, topic: Topic, message: str, locales: tuple[str, ...]) -> Situation:
        return Situation(
            topic,
            watched.severity,
            locale=locales[0],
            country=named_country(message, self._registry()),
            about="someone_else" if watched.about_other else "user",
            also=watched.topics[1:],
            retracted=watched.assessment.retracts,
        )

    def _says_where(self, current: Escalation, message: str) -> bool:
        """Return whether the message is nothing but the answer to what a crisis reply asks for."""
        few = len(message.split()) <= WORDS_OF_A_PLACE
        return current.severity >= RAISES_FROM and few and bool(named_country(message, self._registry()))

    def _awaiting(self, current: Escalation, message: str, locales: tuple[str, ...]) -> Care:
        """Listen until the human comes. Who says where they are is given what there is."""
        templates, registry = self.templates(locales), self._registry()
        situation = Situation(
            current.topics[0],
            Severity.LOW,
            locale=locales[0],
            country=named_country(message, registry),
            also=current.topics[1:],
            human="told" if current.awaited else "nobody",
        )
        if situation.country:
            reply, _ = check_crisis(replace(situation, severity=current.severity), templates, registry)
        else:
            reply = check_listening(situation, templates)
        return Care(reply, None, current.escalation_id)

    def _of_danger(
        self,
        who: Identity,
        conversation_id: ConversationId,
        watched: Watched,
        situation: Situation,
        templates: Templates,
    ) -> Care:
        registry = self._registry()
        given = tuple(resource.name for resource in resources_for(situation, registry, templates.locale))
        raised = self.watch.tell(who, conversation_id, watched, given)
        human: Human = "told" if raised is not None and (raised.on_call or raised.claimed) else "nobody"
        reply, _ = check_crisis(replace(situation, human=human), templates, registry)
        return Care(reply, _danger(watched, given), raised.escalation.escalation_id if raised else None)

    def _registry(self) -> Registry:
        try:
            return self.registry()
        except (Invalid, OSError):
            return Registry()


def _danger(watched: Watched, resources: tuple[str, ...]) -> Danger:
    seen = watched.assessment
    return Danger(
        severity=watched.severity.name.lower(),
        topics=tuple(topic.value for topic in watched.topics),
        about_other=watched.about_other,
        retracts=seen.retracts,
        reasons=seen.reasons,
        recommended_action=recommended_action(watched.severity),
        resources=resources,
        degraded=seen.degraded,
    )
