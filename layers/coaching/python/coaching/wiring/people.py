"""Creators and users."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.wiring.records import creators, goals, profiles

if TYPE_CHECKING:
    from coaching.profile.changing import ChangeGoal, ChangeProfile, DescribeCreator, SetGoal


@cache
def describe_creator() -> "DescribeCreator":
    from coaching.profile.changing import DescribeCreator

    return DescribeCreator(creators())


@cache
def change_profile() -> "ChangeProfile":
    from coaching.profile.changing import ChangeProfile

    return ChangeProfile(profiles())


@cache
def set_goal() -> "SetGoal":
    from coaching.profile.changing import SetGoal

    return SetGoal(goals())


@cache
def change_goal() -> "ChangeGoal":
    from coaching.profile.changing import ChangeGoal

    return ChangeGoal(goals())
