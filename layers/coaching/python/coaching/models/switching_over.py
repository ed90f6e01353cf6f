"""The steps of a switch, each a use case: see, begin, carry out, fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coaching.errors import Conflict, Invalid, ModelUnavailable, StaleWrite, Unavailable
from coaching.models.catalogue import ModelCard
from coaching.models.selection import Wanted, select
from coaching.models.switching import CurrentModel, CurrentModels, SwitchWork
from coaching.vocabulary import UserId, new_ulid, now

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ModelsHere:
    """The record as it is now, and the names of the models that this stage has."""

    record: CurrentModel
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeeCurrentModel:
    """Returns which model is asked first. `cards` are of the stage's models, in the settings' order, maybe none."""

    records: CurrentModels
    cards: Sequence[ModelCard]
    today: Clock = now

    def __call__(self) -> ModelsHere:
        """Where no switch said otherwise, or the settings have lost its model, it is the one asked for a plain reply.

        Raises: StorageUnavailable.
        """
        names = tuple(card.name for card in self.cards)
        record = self.records.get().at(self.today())
        if record.current not in names:
            first = select(Wanted("reply", 0), self.cards, {}).names[:1]
            record = replace(record, current="".join(first))
        return ModelsHere(record, names)


@dataclass(frozen=True, slots=True)
class BeginSwitch:
    """Begins the switch to a model of this stage; the rest is done while nobody waits."""

    see: SeeCurrentModel
    records: CurrentModels
    work: SwitchWork
    today: Clock = now

    def __call__(self, model: str, by: UserId) -> ModelsHere:
        """The current model is no work. While a switch is watched, its previous model is put back at once.

        Asked again for the model that is being loaded, it starts that switch once more, in case the start was lost.
        Raises: Invalid for a model that the stage does not have, Conflict while another switch is under way,
        Unavailable.
        """
        here = self.see()
        if model not in here.names:
            raise _unknown(here.names)
        record, moment = here.record, self.today()
        if model == record.current and record.state != "loading":
            return here
        if record.state == "watching" and model == record.previous:
            back = record.returned(f"{model} was asked for again.", moment)
            return replace(here, record=self._saved(replace(back, asked_by=by, asked_at=moment)))
        if record.state == "loading" and model == record.candidate:
            self.work.start(record.switch_id)
            return here
        begun = record.begun(model, of=record.current, switch_id=new_ulid(), by=by, moment=moment)
        saved = self._saved(begun)
        try:
            self.work.start(saved.switch_id)
        except Unavailable:
            # If this fails too, the record says so by itself after a while.
            self.records.save(saved.given_up("It could not be started: switch again.", self.today()))
            raise
        return replace(here, record=saved)

    def _saved(self, record: CurrentModel) -> CurrentModel:
        try:
            return self.records.save(record)
        except StaleWrite as error:
            raise Conflict("Another switch began at the same moment: see how it ends.") from error


@dataclass(frozen=True, slots=True)
class SwitchModel:
    """Carries a switch out: tries the model, then moves it to the first place, or says why not.

    `trial` returns when the model is loaded and has answered, and raises ModelUnavailable otherwise.
    """

    records: CurrentModels
    trial: Callable[[str], None]
    today: Clock = now

    def __call__(self, switch_id: str) -> CurrentModel:
        """One that is not to be carried out any more is left as it is. Raises: StaleWrite, StorageUnavailable."""
        record = self.records.get().at(self.today())
        if not record.is_loading(switch_id):
            return record
        try:
            self.trial(record.candidate)
        except ModelUnavailable as error:
            return self.records.save(record.given_up(error.message, self.today()))
        if not record.at(self.today()).is_loading(switch_id):
            return record.at(self.today())
        return self.records.save(record.moved(self.today()))


@dataclass(frozen=True, slots=True)
class FailSwitch:
    """Says on the record that a switch broke off."""

    records: CurrentModels
    today: Clock = now

    def __call__(self, switch_id: str, reason: str) -> CurrentModel:
        """One that is not to be carried out any more is left as it is. Raises: StaleWrite, StorageUnavailable."""
        record = self.records.get().at(self.today())
        if not record.is_loading(switch_id):
            return record
        return self.records.save(record.given_up(reason, self.today()))


def _unknown(names: tuple[str, ...]) -> Invalid:
    if not names:
        sentence = "No model words replies here, so there is none to switch to: name some in CHAT_MODELS."
    else:
        sentence = f"This stage has no such model. It has {', '.join(names)}."
    return Invalid(sentence, fields={"/model": sentence})
