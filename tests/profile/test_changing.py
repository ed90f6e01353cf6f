"""How a creator, a profile and a goal are changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from coaching.adapters.memory.profile import MemoryCreators, MemoryGoals, MemoryProfiles
from coaching.errors import NotFound, StaleWrite
from coaching.profile.changing import ChangeGoal, ChangeProfile, DescribeCreator, SetGoal
from coaching.profile.user import Goal, UserProfile
from coaching.vocabulary import CreatorId, Identity, UserId

WHO = Identity(UserId("user-1"), CreatorId("demo"), frozenset({"user"}))
OTHER = Identity(UserId("user-1"), CreatorId("demo2"), frozenset({"user"}))


def test_describing_a_creator_replaces_the_whole_description() -> None:
    creators = MemoryCreators()
    describe = DescribeCreator(creators)
    describe(WHO.creator_id, name="Orla", expertise="running")
    described = describe(WHO.creator_id, name="Orla F.")
    assert (described.name, described.expertise, described.revision) == ("Orla F.", "", 2)


def test_a_profile_changes_by_the_fields_that_are_named() -> None:
    change = ChangeProfile(MemoryProfiles())
    change(WHO, {"display_name": "Ada", "preferences": {"format": "short"}})
    changed = change(WHO, {"timezone": "Europe/Lisbon", "display_name": None})
    assert (changed.display_name, changed.timezone) == ("Ada", "Europe/Lisbon")
    assert changed.preferences == {"format": "short"}


def test_two_changes_at_once_both_hold() -> None:
    profiles = MemoryProfiles()
    change = ChangeProfile(profiles)
    fields = [{"display_name": "Ada"}, {"timezone": "Europe/Lisbon"}, {"locale": "pt"}]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda named: change(WHO, named), fields))
    kept = profiles.get(WHO.creator_id, WHO.user_id)
    assert (kept.display_name, kept.timezone, kept.locale, kept.revision) == ("Ada", "Europe/Lisbon", "pt", 3)


def test_a_write_that_is_always_too_late_gives_up() -> None:
    class AlwaysStale(MemoryProfiles):
        def save(self, profile: UserProfile) -> UserProfile:
            raise StaleWrite("Somebody else was faster.")

    with pytest.raises(StaleWrite):
        ChangeProfile(AlwaysStale())(WHO, {"locale": "pt"})


@pytest.fixture
def goals() -> MemoryGoals:
    return MemoryGoals()


@pytest.fixture
def goal(goals: MemoryGoals) -> Goal:
    fields = {"title": "Run 10 km", "target": 10.0, "unit": "km", "milestones": [{"title": "5 km"}], "progress": 2.5}
    return SetGoal(goals)(WHO, fields)


def test_a_goal_knows_the_share_that_is_done(goal: Goal) -> None:
    assert goal.share_done == 0.25
    assert goal.milestones[0].title == "5 km"


def test_a_goal_changes_by_the_fields_that_are_named_and_null_clears_target_and_due(
    goals: MemoryGoals, goal: Goal
) -> None:
    change = ChangeGoal(goals)
    change(WHO, goal.goal_id, {"due": date(2027, 1, 31), "progress": 5.0})
    changed = change(WHO, goal.goal_id, {"target": None, "title": None})
    assert (changed.title, changed.target, changed.progress) == ("Run 10 km", None, 5.0)
    assert changed.due == date(2027, 1, 31)
    assert changed.share_done is None


def test_a_goal_of_another_tenant_is_not_found(goals: MemoryGoals, goal: Goal) -> None:
    with pytest.raises(NotFound):
        ChangeGoal(goals)(OTHER, goal.goal_id, {"title": "Mine now"})
