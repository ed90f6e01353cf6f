"""How old a user says they are, and what is kept of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.adapters.memory.profile import MemoryProfiles
from coaching.conversation.age import (
    LEAST,
    MOST,
    TOO_YOUNG,
    age_known,
    age_said,
    minimum_age,
    remember_age,
    too_young,
    youngest,
)
from coaching.conversation.apology import APOLOGIES
from coaching.conversation.disclosure import DISCLOSURES
from coaching.conversation.limits import LIMITS
from coaching.errors import StaleWrite
from coaching.profile.user import UserProfile
from coaching.vocabulary import Scalar, now
from tests.conversation.conftest import DEMO, WHO

PROFILE = UserProfile(DEMO, WHO.user_id, now())


@pytest.mark.parametrize(
    ("message", "age"),
    [
        ("I'm 14", 14),
        ("I am fifteen years old and want to lose weight", 15),
        ("I’m only 12.", 12),
        ("me (15f) and my friend", 15),
        ("I'm in 8th grade", 14),
        ("i'm still in middle school", 13),
        ("Ich bin 14 und", 14),
        ("J'ai 16 ans", 16),
        ("I am 25, can I start?", 25),
    ],
)
def test_an_age_that_is_told_is_read(message: str, age: int) -> None:
    assert age_said(message) == age


@pytest.mark.parametrize(
    "message",
    [
        "I'm 14 days in", "I am 16 weeks pregnant", "I'm 17 minutes late", "I'm 12 years sober", "Ich bin 14 Tage da",
        "I'm 20 pounds heavier", "I am 100% sure", "I'm 5'9", "I'm 2 of 3 done", "My son is 14", "I did 15 sessions",
        "I'm one of them", "I teach in a high school", "I am 16 pages in", "I'm 13:30 at the door",
    ],
)  # fmt: skip
def test_other_numbers_are_no_age(message: str) -> None:
    assert age_said(message) is None


def test_the_profile_tells_an_age_by_years_or_by_birth() -> None:
    assert age_known(PROFILE) is None
    assert age_known(replace(PROFILE, preferences={"age": 15})) == 15
    assert age_known(replace(PROFILE, preferences={"birth_year": now().year - 16})) == 16
    assert age_known(replace(PROFILE, preferences={"age": "young", "birth_year": 12})) is None


def test_in_doubt_a_user_is_the_younger() -> None:
    assert (youngest(None, 14, 20), youngest(None), youngest(30)) == (14, None, 30)


def test_who_is_under_age_is_remembered() -> None:
    profiles = MemoryProfiles()
    told = remember_age(profiles, profiles.get(DEMO, WHO.user_id), "I'm 14")
    assert age_known(told) == age_known(profiles.get(DEMO, WHO.user_id)) == 14


@pytest.mark.parametrize("message", ["I'm 34", "I'm 16", "hello"])
def test_an_age_is_never_replaced_by_a_higher_one(message: str) -> None:
    profiles = MemoryProfiles()
    told = remember_age(profiles, profiles.get(DEMO, WHO.user_id), "I'm 15")
    assert remember_age(profiles, told, message) == told


def test_what_cannot_be_kept_counts_for_the_message() -> None:
    class Stale(MemoryProfiles):
        def save(self, profile: UserProfile) -> UserProfile:
            raise StaleWrite("Another write came first.")

    assert age_known(remember_age(Stale(), PROFILE, "I'm 14")) == 14


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=3)))
def test_the_minimum_stays_within_its_bounds(value: Scalar) -> None:
    assert LEAST <= minimum_age({"minimum_age": value}) <= MOST


def test_the_line_names_the_creators_minimum_in_the_users_language() -> None:
    assert "16" in too_young({"minimum_age": 16}, ("de-AT", "en"))
    assert "Jahren" in too_young({}, ("de-AT", "en"))


def test_every_line_is_there_in_every_language() -> None:
    assert set(TOO_YOUNG) == set(DISCLOSURES) == set(LIMITS) == set(APOLOGIES)
    assert all(set(lines) == {"medical", "legal", "financial"} for lines in LIMITS.values())
