"""Watching over a user: every message is read for red flags before anything replies to it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from coaching.errors import StaleWrite, StorageUnavailable
from coaching.retrying import until_fresh
from coaching.safety.escalation.ports import Escalations
from coaching.safety.escalation.raising import Raised, RedFlag
from coaching.safety.escalation.record import RAISES_FROM, Escalation
from coaching.safety.redflags.assessment import Assessment
from coaching.safety.redflags.pattern import Pattern
from coaching.safety.topics import Severity, Topic
from coaching.vocabulary import ConversationId, CreatorId, Identity, UserId

OTHERS_RAISE: Severity = Severity.ELEVATED
"""What is said of somebody else raises no more than this: a human looks in, and coaching goes on."""


@dataclass(frozen=True, slots=True)
class WatchedUser:
    """What is remembered of a user as far as danger goes: figures and no words. `revision` guards writes."""

    creator_id: CreatorId
    user_id: UserId
    pattern: Pattern = field(default_factory=Pattern)
    revision: int = 0


class WatchedUsers(Protocol):
    def get(self, creator_id: CreatorId, user_id: UserId) -> WatchedUser:
        """Return what is remembered; of whom nothing is, an empty one with revision 0."""

    def save(self, user: WatchedUser) -> WatchedUser:
        """Store it and return it with the next `revision`; revision 0 creates. Raises: StaleWrite."""


class Detector(Protocol):
    def __call__(self, text: str, pattern: Pattern) -> Assessment:
        """Assess a message after what was said before."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a message before it is answered. `current` is the user's escalation that is not resolved."""

    assessment: Assessment
    current: Escalation | None = None

    @property
    def topic(self) -> Topic | None:
        """What a crisis reply answers to; None where coaching may go on.

        That is what the message itself says. A mere hint counts where graver things were said before, and so does
        taking them back.
        """
        seen = self.assessment
        hinted = (seen.severity or seen.retracts) and seen.in_talk >= RAISES_FROM
        return seen.topic if seen.severity >= RAISES_FROM or hinted else None

    @property
    def calm(self) -> bool:
        """Whether nothing was seen at all, in the message and before it."""
        return not (self.assessment.severity or self.assessment.in_talk or self.locked)

    @property
    def severity(self) -> Severity:
        """How grave the danger is that is answered to: with a hint, that of the conversation."""
        return max(self.assessment.severity, self.assessment.in_talk)

    @property
    def about_other(self) -> bool:
        return self.topic is not None and self.assessment.findings[self.topic].about == "other"

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that were raised, the one to answer to first."""
        if self.topic is None:
            return ()
        raised = (topic for topic, finding in self.assessment.findings.items() if finding.raised)
        return tuple(dict.fromkeys((self.topic, *raised)))

    @property
    def locked(self) -> bool:
        """Whether coaching is set aside for listening."""
        return self.current is not None and self.current.locks


@dataclass(frozen=True, slots=True)
class WatchUser:
    """Detects, remembers and, where a human is needed, raises an escalation.

    What cannot be read or kept does not keep a message from being assessed: then it is judged by itself alone.
    """

    detect: Detector
    users: WatchedUsers
    escalations: Escalations
    raise_escalation: Callable[[RedFlag], Raised]

    def look(self, who: Identity, text: str) -> Watched:
        """Assess the message and remember it."""
        try:
            current = self.escalations.current(who.creator_id, who.user_id)
            return Watched(until_fresh(lambda: self._remembered(who, text)), current)
        except (StorageUnavailable, StaleWrite):
            return Watched(self.detect(text, Pattern()))

    def tell(
        self, who: Identity, conversation_id: ConversationId, watched: Watched, resources: tuple[str, ...]
    ) -> Raised | None:
        """Raise an escalation for what was seen; None where it is too slight, or could not be kept."""
        severity = min(watched.severity, OTHERS_RAISE) if watched.about_other else watched.severity
        if watched.topic is None or severity < RAISES_FROM:
            return None
        return self.raise_flag(
            RedFlag(
                who.creator_id, who.user_id, conversation_id, severity, watched.topics, watched.about_other, resources
            )
        )

    def raise_flag(self, flag: RedFlag) -> Raised | None:
        """Raise an escalation; None where it could not be kept."""
        try:
            return self.raise_escalation(flag)
        except (StorageUnavailable, StaleWrite):
            return None

    def _remembered(self, who: Identity, text: str) -> Assessment:
        user = self.users.get(who.creator_id, who.user_id)
        assessment = self.detect(text, user.pattern)
        # Of most users there is nothing to remember.
        if user.revision or not assessment.pattern.is_blank:
            self.users.save(replace(user, pattern=assessment.pattern))
        return assessment
