"""A user of one creator: profile and goals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from coaching.vocabulary import CreatorId, GoalId, Scalar, UserId


@dataclass(frozen=True, slots=True)
class UserProfile:
    """What the user told us about themselves. Absent values are empty, never guessed."""

    creator_id: CreatorId
    user_id: UserId
    updated_at: datetime
    display_name: str = ""
    locale: str = ""
    timezone: str = ""
    preferences: Mapping[str, Scalar] = field(default_factory=dict)
    communication_style: Mapping[str, Scalar] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Milestone:
    title: str
    due: date | None = None
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """Something the user wants to reach. `progress` counts in `unit` towards `target`."""

    goal_id: GoalId
    creator_id: CreatorId
    user_id: UserId
    title: str
    created_at: datetime
    updated_at: datetime
    target: float | None = None
    unit: str = ""
    due: date | None = None
    milestones: tuple[Milestone, ...] = ()
    progress: float = 0.0
    revision: int = 0

    @property
    def share_done(self) -> float | None:
        """Progress over target, 0..1; None where there is no target above 0."""
        if not self.target or self.target <= 0:
            return None
        return min(1.0, max(0.0, self.progress / self.target))
