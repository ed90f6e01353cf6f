"""Creators, profiles and goals in DynamoDB."""

from dataclasses import dataclass
from datetime import UTC, datetime

from coaching.adapters.aws import keys
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import NotFound
from coaching.profile.creator import Creator
from coaching.profile.ports import Creators, GoalList, Goals, Profiles
from coaching.profile.user import Goal, UserProfile
from coaching.vocabulary import CreatorId, GoalId, Page, UserId

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class DynamoDBCreators(Creators):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId) -> Creator:
        return self.table.get(Creator, keys.creator(creator_id))

    def save(self, creator: Creator) -> Creator:
        return self.table.save(keys.creator(creator.creator_id), creator)


@dataclass(frozen=True, slots=True)
class DynamoDBProfiles(Profiles):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, user_id: UserId) -> UserProfile:
        try:
            return self.table.get(UserProfile, keys.profile(creator_id, user_id))
        except NotFound:
            return UserProfile(creator_id, user_id, updated_at=NEVER)

    def save(self, profile: UserProfile) -> UserProfile:
        return self.table.save(keys.profile(profile.creator_id, profile.user_id), profile)


@dataclass(frozen=True, slots=True)
class DynamoDBGoals(Goals, GoalList):
    table: DynamoDBTable

    def get(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> Goal:
        return self.table.get(Goal, keys.goal(creator_id, user_id, goal_id))

    def save(self, goal: Goal) -> Goal:
        return self.table.save(keys.goal(goal.creator_id, goal.user_id, goal.goal_id), goal)

    def remove(self, creator_id: CreatorId, user_id: UserId, goal_id: GoalId) -> None:
        self.table.remove(keys.goal(creator_id, user_id, goal_id))

    def page(self, creator_id: CreatorId, user_id: UserId, *, limit: int, cursor: str | None) -> Page[Goal]:
        return self.table.page(Goal, keys.goals(creator_id, user_id), limit=limit, cursor=cursor)
