"""A switch from the admin's wish to its end."""

from datetime import UTC, datetime, timedelta

import pytest

from coaching.adapters.memory.current_model import MemoryCurrentModels, MemorySwitchWork
from coaching.errors import Conflict, Invalid, Unavailable
from coaching.models.catalogue import ModelCard
from coaching.models.failures import unavailable
from coaching.models.switching import LOADING, WATCHED, CurrentModel
from coaching.models.switching_over import BeginSwitch, FailSwitch, ModelsHere, SeeCurrentModel, SwitchModel
from coaching.vocabulary import UserId

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HIGH, MEDIUM = ModelCard("ollama", "llama3:8b", 8_192, "high"), ModelCard("ollama", "mistral:7b", 4_096, "medium")
ADA = UserId("ada")


class Stage:
    """A stage with two models, of which the medium one is asked first as long as nobody switches."""

    def __init__(self, *cards: ModelCard) -> None:
        self.now = NOON
        self.cards = cards
        self.records = MemoryCurrentModels()
        self.work = MemorySwitchWork()
        self.failing: str = ""

    def see(self) -> CurrentModel:
        return SeeCurrentModel(self.records, self.cards, lambda: self.now)().record

    def ask(self, model: str) -> CurrentModel:
        return self._begin()(model, ADA).record

    def _begin(self) -> BeginSwitch:
        see = SeeCurrentModel(self.records, self.cards, lambda: self.now)
        return BeginSwitch(see, self.records, self.work, lambda: self.now)

    def carry_out(self) -> CurrentModel:
        return SwitchModel(self.records, self._try, lambda: self.now)(self.work.started[-1])

    def _try(self, name: str) -> None:
        if self.failing:
            raise unavailable("model_missing", self.failing)


@pytest.fixture
def stage() -> Stage:
    return Stage(HIGH, MEDIUM)


def test_before_any_switch_the_model_is_the_one_that_a_plain_reply_asks_first(stage: Stage) -> None:
    assert (stage.see().current, stage.see().state, stage.see().previous) == (MEDIUM.name, "settled", "")


def test_a_switch_loads_and_moves_and_is_watched_and_settles(stage: Stage) -> None:
    asked = stage.ask(HIGH.name)
    assert (asked.state, asked.current, asked.candidate, asked.asked_by) == ("loading", MEDIUM.name, HIGH.name, ADA)
    assert stage.work.started == [asked.switch_id]
    moved = stage.carry_out()
    assert (moved.state, moved.current, moved.previous) == ("watching", HIGH.name, MEDIUM.name)
    stage.now += WATCHED
    assert (stage.see().state, stage.see().current) == ("settled", HIGH.name)


def test_a_model_that_fails_its_trial_changes_nothing_but_the_record(stage: Stage) -> None:
    stage.ask(HIGH.name)
    stage.failing = "Ollama lacks llama3:8b: run `ollama pull llama3:8b`."
    failed = stage.carry_out()
    assert (failed.state, failed.current, failed.reason) == ("failed", MEDIUM.name, stage.failing)
    stage.failing = ""
    stage.ask(HIGH.name)
    assert stage.carry_out().state == "watching"


def test_the_current_model_is_no_work(stage: Stage) -> None:
    assert stage.ask(MEDIUM.name).state == "settled"
    assert not stage.work.started
    assert stage.records.get() == CurrentModel()


def test_another_switch_while_one_loads_is_refused(stage: Stage) -> None:
    stage.ask(HIGH.name)
    with pytest.raises(Conflict, match="loading"):
        stage.ask(MEDIUM.name)
    assert len(stage.work.started) == 1


def test_the_same_switch_asked_for_again_is_started_again_under_its_name(stage: Stage) -> None:
    first = stage.ask(HIGH.name)
    assert stage.ask(HIGH.name) == first
    assert set(stage.work.started) == {first.switch_id}


def test_while_a_switch_is_watched_its_previous_model_is_put_back_at_once() -> None:
    stage = Stage(HIGH, MEDIUM, ModelCard("ollama", "phi3:mini", 2_048, "fast"))
    stage.ask(HIGH.name)
    stage.carry_out()
    with pytest.raises(Conflict, match="watching"):
        stage.ask("ollama:phi3:mini")
    back = stage.ask(MEDIUM.name)
    assert (back.state, back.current, back.reason) == (
        "rolled_back",
        MEDIUM.name,
        f"{MEDIUM.name} was asked for again.",
    )
    assert len(stage.work.started) == 1


def test_a_model_that_the_stage_lacks_is_refused_with_those_it_has(stage: Stage) -> None:
    with pytest.raises(Invalid, match=r"It has ollama:llama3:8b, ollama:mistral:7b\.") as refused:
        stage.ask("ollama:llama3")
    assert "/model" in refused.value.fields


def test_a_stage_without_models_says_so() -> None:
    bare = Stage()
    assert bare.see() == CurrentModel()
    with pytest.raises(Invalid, match="No model words replies"):
        bare.ask(HIGH.name)


def test_a_model_that_the_settings_lost_is_current_no_more(stage: Stage) -> None:
    stage.ask(HIGH.name)
    stage.carry_out()
    stage.cards = (MEDIUM,)
    assert stage.see().current == MEDIUM.name


class NoWork(MemorySwitchWork):
    def start(self, switch_id: str) -> None:
        raise Unavailable("The storage is overloaded; try again shortly.")


def test_a_switch_that_could_not_be_started_can_be_asked_for_again(stage: Stage) -> None:
    stage.work = NoWork()
    with pytest.raises(Unavailable):
        stage.ask(HIGH.name)
    assert stage.see().state == "failed"
    stage.work = MemorySwitchWork()
    assert stage.ask(HIGH.name).state == "loading"


def test_a_switch_that_was_lost_half_way_can_be_asked_for_again_and_the_lost_one_changes_nothing(stage: Stage) -> None:
    lost = stage.ask(HIGH.name)
    stage.now += LOADING
    assert stage.see().state == "failed"
    again = stage.ask(HIGH.name)
    late = SwitchModel(stage.records, lambda name: None, lambda: stage.now)(lost.switch_id)
    assert (late.state, late.switch_id) == ("loading", again.switch_id)
    FailSwitch(stage.records, lambda: stage.now)(lost.switch_id, "It took too long.")
    assert stage.carry_out().state == "watching"


def test_a_trial_that_outlives_its_switch_moves_nobody(stage: Stage) -> None:
    asked = stage.ask(HIGH.name)

    def slow(name: str) -> None:
        stage.now += LOADING

    assert SwitchModel(stage.records, slow, lambda: stage.now)(asked.switch_id).state == "failed"
    assert stage.see().current == MEDIUM.name


def test_carried_out_twice_it_moves_once(stage: Stage) -> None:
    stage.ask(HIGH.name)
    first = stage.carry_out()
    stage.now += timedelta(minutes=1)
    assert stage.carry_out() == first


def test_what_broke_off_is_told_on_the_record(stage: Stage) -> None:
    asked = stage.ask(HIGH.name)
    FailSwitch(stage.records, lambda: stage.now)(asked.switch_id, "The work on it broke off.")
    assert (stage.see().state, stage.see().reason) == ("failed", "The work on it broke off.")


def test_two_admins_at_once_begin_one_switch(stage: Stage) -> None:
    see = SeeCurrentModel(stage.records, stage.cards, lambda: stage.now)

    class Late(SeeCurrentModel):
        """What was seen before the other one's switch began."""

        def __call__(self) -> ModelsHere:
            return seen

    seen = see()
    stage.ask(HIGH.name)
    late = BeginSwitch(Late(stage.records, stage.cards), stage.records, stage.work, lambda: stage.now)
    with pytest.raises(Conflict, match="same moment"):
        late(HIGH.name, ADA)
    assert len(stage.work.started) == 1
