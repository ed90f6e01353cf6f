"""Where creators, profiles and goals are kept."""

from typing import Protocol

from coaching.profile.creator import Creator
from coaching.profile.user import Goal, UserProfile
from coaching.vocabulary import CreatorId, GoalId, Page, UserId


class Creators(Protocol):
    def get(self, creator_id: CreatorId) -> Creator:
        """Raises: NotFound."""

    def save(self, creator: Creator) -> Creator:
        """Store it and return it with the next `revision`; revision 0 creates. Raises: StaleWrite."""


class Profiles(Protocol):
    def get(self, creator_id: CreatorId, user_id: UserId) -> UserProfile:
        """Return the profile; a user who never saved one has an empty one with revision 0."""

    def save(self, profile: UserProfile) -> UserProfile:
        """Store it and return it with the next `revision`; revision 0 creates. Raises: StaleWrite."""


class Goals(Protocol):
    def get(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> Goal:
        """Raises: NotFound."""

    def save(self, goal: Goal) -> Goal:
        """Store it and return it with the next `revision`; revision 0 creates. Raises: StaleWrite."""

    def remove(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> None:
        """Raises: NotFound."""


class GoalList(Protocol):
    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Goal]:
        """Return goals oldest first. Raises: Malformed for a cursor that is not this user's."""
