"""Whoever verifies the crisis resources is told what to look at first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coaching.safety.crisis.registry import Registry, Resource
from training.verify_resources import VALID_DAYS, by_age, main, outdated

TODAY = date(2026, 11, 23)
LINE = Resource(("suicide",), "A Line", ("en",), "https://example.org/a", TODAY, phone="988")


def _read(days_ago: int, name: str, note: str = "") -> Resource:
    return replace(LINE, name=name, read_on=TODAY - timedelta(days=days_ago), note=note)


def test_the_oldest_comes_first_and_directories_are_among_them() -> None:
    registry = Registry("1", {"US": (_read(5, "young"), _read(90, "old"))}, (_read(30, "directory"),))
    assert [entry.resource.name for entry in by_age(registry, TODAY)] == ["old", "directory", "young"]


def test_of_equal_age_what_is_doubtful_comes_first() -> None:
    registry = Registry("1", {"US": (_read(5, "plain"), _read(5, "doubtful", "one source of 2015"))})
    first = by_age(registry, TODAY)[0]
    assert first.resource.name == "doubtful"
    assert "one source of 2015" in first.line
    assert "https://example.org/a" in first.line


@pytest.mark.parametrize(("days", "late"), [(0, False), (VALID_DAYS, False), (VALID_DAYS + 1, True), (-1, True)])
def test_a_year_is_the_longest_that_a_look_lasts(days: int, late: bool) -> None:
    registry = Registry("1", {"US": (_read(days, "a line"),)})
    assert bool(list(outdated(by_age(registry, TODAY)))) is late


def test_the_command_lists_everything_and_fails_once_something_is_too_old(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], TODAY) == 0
    listed = capsys.readouterr().out
    assert "988 Suicide & Crisis Lifeline" in listed
    assert "international  Find A Helpline" in listed
    assert main(["--days", "100"], TODAY) == 0
    assert "988" not in capsys.readouterr().out
    assert main([], TODAY + timedelta(days=2 * VALID_DAYS)) == 1
