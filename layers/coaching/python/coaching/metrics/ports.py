"""Where measured turns and feedback are kept. Both go when their conversation is deleted."""

from typing import Protocol

from coaching.metrics.feedback import Feedback
from coaching.metrics.turn import TurnMetrics
from coaching.vocabulary import CreatorId, MessageId, UserId


class MeasuredTurns(Protocol):
    def create(self, metrics: TurnMetrics) -> bool:
        """Keep the figures of a turn; True if they are new, and then they count in those of the day.

        A turn that was measured already stays as it is.
        Raises: NotFound if its conversation was deleted since; StaleWrite if others kept writing all along.
        """

    def rate(self, feedback: Feedback) -> None:
        """Set the satisfaction of the turn; one that was not measured stays so."""

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> TurnMetrics:
        """Raises: NotFound."""


class GivenFeedback(Protocol):
    def save(self, feedback: Feedback) -> None:
        """Keep it in place of what this user said of this reply before.

        Raises: NotFound if the user has no such message in this conversation; StaleWrite if others kept writing.
        """

    def get(self, creator_id: CreatorId, user_id: UserId, message_id: MessageId) -> Feedback:
        """Raises: NotFound."""
