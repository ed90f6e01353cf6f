"""How a creator, a profile and a goal are changed: read, change, write, and again if somebody else wrote first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from coaching.errors import NotFound
from coaching.profile.creator import Creator
from coaching.profile.ports import Creators, Goals, Profiles
from coaching.profile.user import Goal, Milestone, UserProfile
from coaching.retrying import until_fresh
from coaching.vocabulary import CreatorId, GoalId, Identity, new_ulid, now

_CLEARABLE = {"target", "due"}


@dataclass(frozen=True, slots=True)
class DescribeCreator:
    """Replaces the description of a creator; the first one makes the record."""

    creators: Creators

    def __call__(self, creator_id: CreatorId, **fields: Any) -> Creator:  # noqa: ANN401 - validated at the edge
        def describe() -> Creator:
            try:
                revision = self.creators.get(creator_id).revision
            except NotFound:
                revision = 0
            described = Creator(creator_id=creator_id, updated_at=now(), **fields)
            return self.creators.save(replace(described, revision=revision))

        return until_fresh(describe)


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """Changes the named fields of a user's profile."""

    profiles: Profiles

    def __call__(self, who: Identity, changes: Mapping[str, Any]) -> UserProfile:
        """A field that is None stays as it is."""
        named = {field: value for field, value in changes.items() if value is not None}

        def change() -> UserProfile:
            profile = self.profiles.get(who.creator_id, who.user_id)
            return self.profiles.save(replace(profile, **named, updated_at=now()))

        return until_fresh(change)


@dataclass(frozen=True, slots=True)
class SetGoal:
    """Makes a goal."""

    goals: Goals

    def __call__(self, who: Identity, fields: Mapping[str, Any]) -> Goal:
        goal = Goal(
            goal_id=GoalId(new_ulid()),
            creator_id=who.creator_id,
            user_id=who.user_id,
            created_at=now(),
            updated_at=now(),
            **_with_milestones(fields),
        )
        return self.goals.save(goal)


@dataclass(frozen=True, slots=True)
class ChangeGoal:
    """Changes the named fields of a goal. Null clears `target` and `due`, and changes nothing elsewhere."""

    goals: Goals

    def __call__(self, who: Identity, goal_id: GoalId, changes: Mapping[str, Any]) -> Goal:
        """Raises: NotFound."""
        named = {field: value for field, value in changes.items() if value is not None or field in _CLEARABLE}

        def change() -> Goal:
            goal = self.goals.get(who.creator_id, who.user_id, goal_id)
            return self.goals.save(replace(goal, **_with_milestones(named), updated_at=now()))

        return until_fresh(change)


def _with_milestones(fields: Mapping[str, Any]) -> dict[str, Any]:
    if "milestones" not in fields:
        return dict(fields)
    return {**fields, "milestones": tuple(Milestone(**milestone) for milestone in fields["milestones"])}
