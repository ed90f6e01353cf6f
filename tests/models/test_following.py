"""The current model as one instance knows it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from coaching.adapters.memory.current_model import MemoryCurrentModels
from coaching.errors import StorageUnavailable
from coaching.models.following import FRESH_SECONDS, FollowCurrentModel
from coaching.models.switching import WATCHED, CurrentModel

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class CountedRecords(MemoryCurrentModels):
    """Notes when it is read, and can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.away = False

    def get(self) -> CurrentModel:
        self.reads += 1
        if self.away:
            raise StorageUnavailable("The storage did not answer; try again shortly.")
        return super().get()


@dataclass
class Hands:
    seconds: float = 0.0
    date: datetime = NOON


def following(records: CountedRecords, hands: Hands) -> FollowCurrentModel:
    return FollowCurrentModel(records, lambda: hands.seconds, lambda: hands.date)


def test_the_record_is_read_once_in_a_while() -> None:
    records, hands = CountedRecords(), Hands()
    follow = following(records, hands)
    for _ in range(9):
        assert follow().current == ""
    records.save(CurrentModel("ollama:a"))
    hands.seconds = FRESH_SECONDS - 0.1
    assert follow().current == ""
    hands.seconds = FRESH_SECONDS
    assert follow().current == "ollama:a"
    assert records.reads == 2


def test_while_the_table_is_away_what_was_known_counts_and_nobody_asks_at_every_turn() -> None:
    records, hands = CountedRecords(), Hands()
    records.save(CurrentModel("ollama:a"))
    follow = following(records, hands)
    follow()
    records.away = True
    hands.seconds = FRESH_SECONDS
    assert [follow().current for _ in range(9)] == ["ollama:a"] * 9
    assert records.reads == 2


def test_an_instance_that_never_read_anything_keeps_to_the_settings() -> None:
    records = CountedRecords()
    records.away = True
    assert following(records, Hands())() == CurrentModel()


def test_what_it_knows_grows_old_by_itself() -> None:
    records, hands = CountedRecords(), Hands()
    loads = CurrentModel().begun("ollama:b", of="ollama:a", switch_id="S", by="ada", moment=NOON)
    records.save(loads.moved(NOON))
    follow = following(records, hands)
    assert follow().state == "watching"
    hands.date = NOON + WATCHED
    assert follow.known.state == "settled"


def test_what_is_met_late_replaces_nothing_newer() -> None:
    records = CountedRecords()
    older = records.save(CurrentModel("ollama:a"))
    newer = records.save(older)
    follow = following(records, Hands())
    follow.learn(newer)
    follow.learn(older)
    assert follow.known == newer
