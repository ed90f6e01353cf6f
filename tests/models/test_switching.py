"""What the record of the current model may become, and what time makes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coaching.errors import Conflict
from coaching.models.switching import LOADING, WATCHED, CurrentModel, Outcomes, Seen, State

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OLD, NEW = "ollama:llama3:8b", "ollama:mistral:7b"

NOBODY = CurrentModel()
LOADS = NOBODY.begun(NEW, of=OLD, switch_id="S", by="ada", moment=NOON)
WATCHES = LOADS.moved(NOON)
RETURNED = WATCHES.returned("It failed.", NOON)
FAILED = LOADS.given_up("It has no file.", NOON)
SETTLED = WATCHES.at(NOON + WATCHED)

Step = Callable[[CurrentModel], CurrentModel]
STEPS: dict[str, Step] = {
    "begun": lambda record: record.begun(NEW, of=OLD, switch_id="T", by="bo", moment=NOON),
    "moved": lambda record: record.moved(NOON),
    "given_up": lambda record: record.given_up("No.", NOON),
    "returned": lambda record: record.returned("No.", NOON),
}


@pytest.mark.parametrize(
    ("record", "permitted"),
    [
        (NOBODY, {"begun": "loading"}),
        (LOADS, {"moved": "watching", "given_up": "failed"}),
        (WATCHES, {"returned": "rolled_back"}),
        (SETTLED, {"begun": "loading"}),
        (RETURNED, {"begun": "loading"}),
        (FAILED, {"begun": "loading"}),
    ],
    ids=["never switched", "loading", "watching", "settled", "rolled back", "failed"],
)
def test_a_state_permits_these_steps_and_no_others(record: CurrentModel, permitted: dict[str, State]) -> None:
    for name, step in STEPS.items():
        if name in permitted:
            assert step(record).state == permitted[name]
        else:
            with pytest.raises(Conflict):
                step(record)


@pytest.mark.parametrize(
    ("record", "current", "previous", "candidate"),
    [
        (LOADS, OLD, "", NEW),
        (WATCHES, NEW, OLD, NEW),
        (SETTLED, NEW, OLD, NEW),
        (RETURNED, OLD, "", NEW),
        (FAILED, OLD, "", NEW),
    ],
    ids=["loading", "watching", "settled", "rolled back", "failed"],
)
def test_a_state_says_who_is_asked_first(record: CurrentModel, current: str, previous: str, candidate: str) -> None:
    assert (record.current, record.previous, record.candidate) == (current, previous, candidate)


@pytest.mark.parametrize(
    ("record", "moment", "state"),
    [
        (NOBODY, NOON, "settled"),
        (LOADS, NOON + LOADING - SECOND, "loading"),
        (LOADS, NOON + LOADING, "failed"),
        (WATCHES, NOON + WATCHED - SECOND, "watching"),
        (WATCHES, NOON + WATCHED, "settled"),
        (RETURNED, NOON + timedelta(days=9), "rolled_back"),
        (FAILED, NOON + timedelta(days=9), "failed"),
    ],
)
def test_time_alone_ends_a_lost_switch_and_a_watch(record: CurrentModel, moment: datetime, state: State) -> None:
    assert record.at(moment).state == state


def test_what_time_ended_is_no_other_revision_and_may_be_followed_by_a_new_switch() -> None:
    lost = replace(LOADS, revision=3).at(NOON + LOADING)
    again = STEPS["begun"](lost)
    assert (lost.current, lost.revision, again.revision, again.switch_id) == (OLD, 3, 3, "T")
    assert "not heard of" in lost.reason


def test_a_new_switch_counts_anew_and_says_who_asked() -> None:
    again = STEPS["begun"](SETTLED)
    assert (again.seen, again.asked_by, again.asked_at) == (CurrentModel().seen, "bo", NOON)


def test_a_switch_is_carried_out_only_under_its_own_id() -> None:
    assert LOADS.is_loading("S")
    assert not LOADS.is_loading("T")
    assert not WATCHES.is_loading("S")


def test_a_second_switch_is_told_until_when_the_first_may_last() -> None:
    with pytest.raises(Conflict, match=r"watching until 2026-11-23T12:15:00Z"):
        STEPS["begun"](WATCHES)


def test_a_switch_that_was_watched_to_its_end_says_whether_anything_was_seen_of_it() -> None:
    asked = replace(WATCHES, seen=Seen(new=Outcomes(answered=1)))
    assert asked.at(NOON + WATCHED).reason == "It was watched and kept its place."
    assert SETTLED.reason == "It was watched, but no answer of it was seen."
