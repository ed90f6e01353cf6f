"""Creators, profiles and goals in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from coaching.adapters.memory.rows import MemoryRows, saved
from coaching.errors import NotFound
from coaching.profile.creator import Creator
from coaching.profile.ports import Creators, GoalList, Goals, Profiles
from coaching.profile.user import Goal, UserProfile
from coaching.vocabulary import CreatorId, GoalId, Page, UserId

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class MemoryCreators(Creators):
    rows: MemoryRows[Creator] = field(default_factory=lambda: MemoryRows("creator"))

    def get(self, creator_id: CreatorId) -> Creator:
        return self.rows.get((creator_id,), "creator")

    def save(self, creator: Creator) -> Creator:
        return saved(self.rows, (creator.creator_id,), "creator", creator)


@dataclass(frozen=True, slots=True)
class MemoryProfiles(Profiles):
    rows: MemoryRows[UserProfile] = field(default_factory=lambda: MemoryRows("profile"))

    def get(self, creator_id: CreatorId, user_id: UserId) -> UserProfile:
        try:
            return self.rows.get((creator_id, user_id), "profile")
        except NotFound:
            return UserProfile(creator_id, user_id, updated_at=NEVER)

    def save(self, profile: UserProfile) -> UserProfile:
        return saved(self.rows, (profile.creator_id, profile.user_id), "profile", profile)


@dataclass(frozen=True, slots=True)
class MemoryGoals(Goals, GoalList):
    rows: MemoryRows[Goal] = field(default_factory=lambda: MemoryRows("goal"))

    def get(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> Goal:
        return self.rows.get((creator_id, user_id), goal_id)

    def save(self, goal: Goal) -> Goal:
        return saved(self.rows, (goal.creator_id, goal.user_id), goal.goal_id, goal)

    def remove(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> None:
        self.rows.remove((creator_id, user_id), goal_id)

    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Goal]:
        return self.rows.page((creator_id, user_id), limit=limit, cursor=cursor)
