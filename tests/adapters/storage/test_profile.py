"""Creators, profiles and goals: what every adapter promises."""

from dataclasses import replace

import pytest

from coaching.adapters.aws.profile import DynamoDBCreators, DynamoDBGoals, DynamoDBProfiles
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.profile import MemoryCreators, MemoryGoals, MemoryProfiles
from coaching.errors import Malformed, NotFound, StaleWrite
from coaching.profile.ports import Creators, Profiles
from coaching.profile.user import UserProfile
from coaching.vocabulary import CreatorId, GoalId, UserId
from tests.adapters.storage.samples import creator, goal, profile

HEARTH, ADA = CreatorId("hearth"), UserId("user-1")
Goals = DynamoDBGoals | MemoryGoals


class CreatorsContract:
    def test_gives_back_what_was_saved(self, creators: Creators) -> None:
        saved = creators.save(creator())
        assert saved == replace(creator(), revision=1)
        assert creators.get(HEARTH) == saved

    @pytest.mark.parametrize("other", ["heart", "hearth2"])
    def test_keeps_creators_apart(self, creators: Creators, other: str) -> None:
        creators.save(creator())
        with pytest.raises(NotFound):
            creators.get(CreatorId(other))

    def test_refuses_a_stale_write(self, creators: Creators) -> None:
        first = creators.save(creator())
        creators.save(first)
        with pytest.raises(StaleWrite):
            creators.save(first)


class ProfilesContract:
    def test_gives_back_what_was_saved(self, profiles: Profiles) -> None:
        saved = profiles.save(profile())
        assert profiles.get(HEARTH, ADA) == saved == replace(profile(), revision=1)

    def test_gives_an_empty_profile_before_the_first_save(self, profiles: Profiles) -> None:
        empty = profiles.get(HEARTH, ADA)
        assert empty == UserProfile(HEARTH, ADA, empty.updated_at)
        assert profiles.save(empty).revision == 1

    @pytest.mark.parametrize(
        ("creator_id", "user_id"), [("hearth", "user-10"), ("hearth", "user-"), ("heart", "user-1")]
    )
    def test_keeps_users_apart(self, profiles: Profiles, creator_id: str, user_id: str) -> None:
        profiles.save(profile())
        assert profiles.get(CreatorId(creator_id), UserId(user_id)).revision == 0

    def test_refuses_a_stale_write(self, profiles: Profiles) -> None:
        first = profiles.save(profile())
        profiles.save(first)
        with pytest.raises(StaleWrite):
            profiles.save(first)


class GoalsContract:
    def test_gives_back_what_was_saved(self, goals: Goals) -> None:
        saved = goals.save(goal())
        assert goals.get(HEARTH, ADA, GoalId("01G")) == saved == replace(goal(), revision=1)

    @pytest.mark.parametrize(
        ("creator_id", "user_id"), [("hearth", "user-10"), ("hearth", "user-"), ("heart", "user-1")]
    )
    def test_keeps_users_apart(self, goals: Goals, creator_id: str, user_id: str) -> None:
        goals.save(goal())
        other = CreatorId(creator_id), UserId(user_id), GoalId("01G")
        with pytest.raises(NotFound):
            goals.get(*other)
        with pytest.raises(NotFound):
            goals.remove(*other)
        assert goals.page(other[0], other[1], limit=5, cursor=None).items == ()

    def test_refuses_a_stale_write(self, goals: Goals) -> None:
        first = goals.save(goal())
        goals.save(first)
        with pytest.raises(StaleWrite):
            goals.save(first)

    def test_forgets_what_was_removed(self, goals: Goals) -> None:
        goals.save(goal())
        goals.remove(HEARTH, ADA, GoalId("01G"))
        with pytest.raises(NotFound):
            goals.remove(HEARTH, ADA, GoalId("01G"))

    def test_lists_oldest_first_page_by_page(self, goals: Goals) -> None:
        for number in (2, 0, 1):
            goals.save(goal(goal_id=f"01G{number}"))
        first = goals.page(HEARTH, ADA, limit=2, cursor=None)
        last = goals.page(HEARTH, ADA, limit=2, cursor=first.next_cursor)
        assert [item.goal_id for item in first.items + last.items] == ["01G0", "01G1", "01G2"]
        assert last.next_cursor is None

    def test_refuses_the_cursor_of_another_user(self, goals: Goals) -> None:
        for number in range(2):
            goals.save(goal(goal_id=f"01G{number}"))
        theirs = goals.page(HEARTH, ADA, limit=1, cursor=None).next_cursor
        with pytest.raises(Malformed):
            goals.page(HEARTH, UserId("user-10"), limit=1, cursor=theirs)


class TestCreatorsInMemory(CreatorsContract):
    @pytest.fixture
    def creators(self) -> MemoryCreators:
        return MemoryCreators()


class TestCreatorsInDynamoDB(CreatorsContract):
    @pytest.fixture
    def creators(self, table: DynamoDBTable) -> DynamoDBCreators:
        return DynamoDBCreators(table)


class TestProfilesInMemory(ProfilesContract):
    @pytest.fixture
    def profiles(self) -> MemoryProfiles:
        return MemoryProfiles()


class TestProfilesInDynamoDB(ProfilesContract):
    @pytest.fixture
    def profiles(self, table: DynamoDBTable) -> DynamoDBProfiles:
        return DynamoDBProfiles(table)


class TestGoalsInMemory(GoalsContract):
    @pytest.fixture
    def goals(self) -> MemoryGoals:
        return MemoryGoals()


class TestGoalsInDynamoDB(GoalsContract):
    @pytest.fixture
    def goals(self, table: DynamoDBTable) -> DynamoDBGoals:
        return DynamoDBGoals(table)
