"""Instances watch a new model together, and the first that sees it fail puts the previous one back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from coaching.adapters.memory.current_model import MemoryCurrentModels
from coaching.errors import StorageUnavailable
from coaching.models.attempts import Attempt
from coaching.models.following import FRESH_SECONDS, FollowCurrentModel
from coaching.models.switching import WATCHED, CurrentModel, Outcomes, Seen
from coaching.models.watching import REPORT_SECONDS, WatchSwitch

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD, NEW = "ollama:llama3:8b", "ollama:mistral:7b"


class Records(MemoryCurrentModels):
    """Notes how often it is written, and can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0
        self.away = False
        self.refuses = False

    def save(self, record: CurrentModel) -> CurrentModel:
        if self.refuses:
            raise StorageUnavailable("The storage is overloaded; try again shortly.")
        return super().save(record)

    def count(self, switch_id: str, seen: Seen) -> CurrentModel:
        if self.away:
            raise StorageUnavailable("The storage did not answer; try again shortly.")
        self.counted += 1
        return super().count(switch_id, seen)


@dataclass
class Stage:
    """A record, and a clock that all instances share."""

    records: Records = field(default_factory=Records)
    seconds: float = 0.0
    date: datetime = NOON
    told: list[CurrentModel] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)

    def instance(self) -> "Instance":
        follow = FollowCurrentModel(self.records, lambda: self.seconds, lambda: self.date)
        watch = WatchSwitch(
            self.records, follow, self.told.append, self.lost.append, lambda: self.seconds, lambda: self.date
        )
        return Instance(follow, watch)

    def switch(self) -> None:
        begun = self.records.get().begun(NEW, of=OLD, switch_id="S", by="ada", moment=self.date)
        self.records.save(self.records.save(begun).moved(self.date))
        self.seconds += FRESH_SECONDS


@dataclass
class Instance:
    follow: FollowCurrentModel
    watch: WatchSwitch

    def turn(self, **codes: str) -> None:
        """Let a request pass, with what came of the old and the new model."""
        self.follow()
        names = {"old": OLD, "new": NEW}
        self.watch.note([Attempt(names[which], code, 1, 5) for which, code in codes.items()])
        self.watch.report()


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_new_model_that_fails_gives_its_place_back_and_the_record_says_why(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    for _ in range(5):
        instance.turn(new="model_failed", old="answered")
        stage.seconds += REPORT_SECONDS
    record = stage.records.get()
    assert (record.state, record.current, record.candidate) == ("rolled_back", OLD, NEW)
    assert record.reason == (
        f"5 of 5 answers of {NEW} failed, and 0 of 5 that are known of {OLD}: that is asked first again."
    )
    assert stage.told == [record]
    assert instance.follow.known == record


def test_many_instances_that_see_one_failure_each_see_them_together(stage: Stage) -> None:
    stage.switch()
    instances = [stage.instance() for _ in range(9)]
    for instance in instances:
        instance.turn(new="timeout", old="answered")
    assert stage.records.get().state == "rolled_back"
    assert len(stage.told) == 1
    assert not stage.lost


@pytest.mark.parametrize(
    ("code", "failed"),
    [
        ("answered", 0),
        ("model_failed", 1),
        ("timeout", 1),
        ("overloaded", 1),
        ("bad_credentials", 1),
        ("open", None),  # from before the switch
        ("closed", None),
        ("loading", None),
        ("context_exceeded", None),
        ("content_refused", None),
    ],
)
def test_what_came_of_a_model_counts_if_it_says_something_of_it(stage: Stage, code: str, failed: int | None) -> None:
    stage.switch()
    stage.instance().turn(new=code)
    expected = Outcomes() if failed is None else Outcomes(1 - failed, failed)
    assert stage.records.get().seen.new == expected


def test_a_breaker_that_was_open_before_the_switch_is_no_failure_of_a_model_that_was_mended(stage: Stage) -> None:
    instance = stage.instance()
    instance.turn(new="bad_credentials", old="answered")
    stage.switch()
    for _ in range(20):
        instance.turn(new="open", old="answered")
        stage.seconds += REPORT_SECONDS
    assert (stage.records.get().state, stage.records.get().seen.new) == ("watching", Outcomes())


def test_a_breaker_that_a_failure_since_the_switch_opened_counts_for_whoever_waits(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    instance.turn(new="bad_credentials", old="answered")
    for _ in range(4):
        stage.seconds += REPORT_SECONDS
        instance.turn(new="open", old="answered")
    assert (stage.records.get().state, stage.records.get().seen.new) == ("rolled_back", Outcomes(0, 5))


def test_how_the_previous_model_did_is_known_from_before_the_switch(stage: Stage) -> None:
    instance = stage.instance()
    for number in range(40):
        instance.turn(old="answered" if number % 2 else "model_failed")
    assert stage.records.counted == 0
    stage.switch()
    for _ in range(20):
        instance.turn(new="model_failed", old="answered")
        instance.turn(new="answered")
        stage.seconds += REPORT_SECONDS
    record = stage.records.get()
    # As bad as the one before is no reason to go back to it; the last answer waits for the next report.
    assert (record.state, record.seen) == ("watching", Seen(Outcomes(19, 20), Outcomes(40, 20)))


def test_a_failure_of_both_is_no_reason_to_go_back(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    for _ in range(60):
        instance.turn(new="unreachable", old="unreachable")
    stage.seconds += REPORT_SECONDS
    instance.turn(new="answered")
    assert stage.records.get().state == "watching"


def test_reports_are_batched(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    for _ in range(100):
        instance.turn(new="answered")
    assert stage.records.counted == 1
    stage.seconds += REPORT_SECONDS
    instance.turn(new="answered")
    assert (stage.records.counted, stage.records.get().seen.new.answered) == (2, 101)


def test_what_could_not_be_reported_is_reported_later(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    stage.records.away = True
    instance.turn(new="answered")
    assert [type(error) for error in stage.lost] == [StorageUnavailable]
    stage.records.away = False
    stage.seconds += REPORT_SECONDS
    instance.turn(new="answered")
    assert stage.records.get().seen.new.answered == 2


def test_a_return_that_could_not_be_written_is_tried_again_and_nothing_counts_twice(stage: Stage) -> None:
    stage.switch()
    instance = stage.instance()
    for _ in range(4):
        instance.turn(new="model_failed")
        stage.seconds += REPORT_SECONDS
    stage.records.refuses = True
    instance.turn(new="model_failed")
    assert (stage.records.get().state, len(stage.lost)) == ("watching", 1)
    stage.records.refuses = False
    stage.seconds += REPORT_SECONDS
    instance.turn(new="model_failed")
    assert (stage.records.get().state, stage.records.get().seen.new) == ("rolled_back", Outcomes(0, 6))


def test_nothing_is_written_while_no_switch_is_watched(stage: Stage) -> None:
    instance = stage.instance()
    instance.turn(old="model_failed")
    stage.switch()
    stage.date += WATCHED
    for _ in range(9):
        instance.turn(new="model_failed")
        stage.seconds += REPORT_SECONDS
    assert stage.records.counted == 0
    assert stage.records.get().at(stage.date).state == "settled"


def test_an_instance_that_learns_late_of_the_return_changes_nothing(stage: Stage) -> None:
    stage.switch()
    late = stage.instance()
    late.follow()
    stage.records.save(stage.records.get().returned("Somebody was faster.", stage.date))
    late.turn(new="model_failed")
    assert stage.records.get().reason == "Somebody was faster."
    assert not stage.lost
