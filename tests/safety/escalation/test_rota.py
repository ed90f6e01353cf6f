"""Who is on call at a moment."""

from datetime import UTC, datetime, time

import pytest

from coaching.safety.escalation.rota import OnCall, Rota
from tests.safety.escalation.people import ANNA, BEN, CONTACTS, CREATOR, EVERY_DAY, ROTA

NEW_YORK = "America/New_York"


def names(rota: Rota, year: int, month: int, day: int, hour: int, minute: int = 0) -> list[str]:
    return [contact.name for contact in rota.on_call(datetime(year, month, day, hour, minute, tzinfo=UTC))]


def rota(*hours: OnCall, timezone: str = "UTC") -> Rota:
    return Rota(CREATOR, timezone, CONTACTS, hours)


def test_an_hour_begins_at_its_beginning_and_is_over_at_its_end() -> None:
    assert names(ROTA, 2026, 3, 2, 7, 59) == []
    assert names(ROTA, 2026, 3, 2, 8) == ["Anna", "Ben"]
    assert names(ROTA, 2026, 3, 2, 20) == []


def test_only_on_its_weekdays() -> None:
    mondays = rota(OnCall(ANNA, (0,), time(8), time(20)))
    assert names(mondays, 2026, 3, 2, 9) == ["Anna"]
    assert names(mondays, 2026, 3, 3, 9) == []


@pytest.mark.parametrize(
    ("hour", "day", "on"), [(23, 2, True), (3, 3, True), (6, 3, False), (23, 3, False), (3, 2, False)]
)
def test_a_night_belongs_to_the_day_on_which_it_begins(hour: int, day: int, on: bool) -> None:
    night = rota(OnCall(BEN, (0,), time(22), time(6)))
    assert bool(names(night, 2026, 3, day, hour)) is on


def test_a_whole_day_has_equal_ends() -> None:
    always = rota(OnCall(ANNA, EVERY_DAY, time(0), time(0)))
    assert all(names(always, 2026, 3, day, hour) for day in range(1, 8) for hour in range(24))


def test_hours_are_those_of_the_wall_clock_there_in_summer_and_winter() -> None:
    nine_to_five = rota(OnCall(ANNA, EVERY_DAY, time(9), time(17)), timezone=NEW_YORK)
    assert names(nine_to_five, 2026, 1, 12, 14) == ["Anna"]
    assert names(nine_to_five, 2026, 1, 12, 13, 30) == []
    assert names(nine_to_five, 2026, 7, 13, 13, 30) == ["Anna"]


def test_on_the_day_that_skips_an_hour_nobody_is_left_out() -> None:
    night = rota(OnCall(ANNA, EVERY_DAY, time(22), time(6)), timezone=NEW_YORK)
    # On 8 March 2026 clocks there go from 2 to 3 at 7:00 UTC.
    assert all(names(night, 2026, 3, 8, hour) for hour in range(4, 10))


def test_a_coach_who_is_gone_is_not_called() -> None:
    gone = Rota(CREATOR, coaches={BEN: CONTACTS[BEN]}, hours=ROTA.hours)
    assert names(gone, 2026, 3, 2, 9) == ["Ben"]
