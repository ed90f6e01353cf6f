"""Which model is asked first, and how that is changed while the system runs: a record, and the steps it may take.

    settled ──begun──▶ loading ──moved──▶ watching ──(its window is over)──▶ settled
                          │                   │
                       given_up            returned
                          ▼                   ▼
                        failed           rolled_back          (a new switch begins from settled, failed, rolled_back)

What time alone changes needs no write: whoever reads the record looks at it as it is `at` a moment. A switch that was
lost while it loaded has failed by then, and one that was watched to its end is settled.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from coaching.errors import Conflict

State = Literal["settled", "loading", "watching", "rolled_back", "failed"]

LOADING: Final = timedelta(minutes=31)
"""After so long a switch that nothing was heard of is lost: its state machine ends after 30 minutes."""
WATCHED: Final = timedelta(minutes=15)
"""How long a new model is watched."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many of a model's answers came, and how many failed."""

    answered: int = 0
    failed: int = 0

    @property
    def ended(self) -> int:
        return self.answered + self.failed

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(self.answered + other.answered, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Seen:
    """What all instances saw of the `new` model, and what they know of the one `before` it."""

    new: Outcomes = Outcomes()
    before: Outcomes = Outcomes()

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(self.new + other.new, self.before + other.before)


@dataclass(frozen=True, slots=True)
class CurrentModel:
    """The record. Models are named as in `coaching.models.catalogue`; empty where there is none.

    `current` is asked first; without one nobody ever switched, and the settings' order counts. `candidate` is the one
    that a switch was to bring, `previous` the one that it replaced. `reason` says in a sentence why the state is what
    it is. `until` ends the present state, where time ends it.
    """

    current: str = ""
    state: State = "settled"
    previous: str = ""
    candidate: str = ""
    reason: str = ""
    switch_id: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    changed_at: datetime | None = None
    until: datetime | None = None
    seen: Seen = Seen()
    revision: int = 0

    def at(self, moment: datetime) -> "CurrentModel":
        """Return it as it is at a moment: lost, or settled, where its time is over."""
        if self.until is None or moment < self.until:
            return self
        if self.state == "loading":
            return self.given_up("It was not heard of any more: switch again.", self.until)
        reason = "It was watched and kept its place."
        if not self.seen.new.ended:
            reason = "It was watched, but no answer of it was seen."
        return replace(self, state="settled", reason=reason, changed_at=self.until, until=None)

    def is_loading(self, switch_id: str) -> bool:
        """Return whether this very switch is still to be carried out."""
        return self.state == "loading" and self.switch_id == switch_id

    def begun(self, candidate: str, *, of: str, switch_id: str, by: str, moment: datetime) -> "CurrentModel":
        """Return it with a switch from the model `of` to the candidate under way. Raises: Conflict while one is."""
        if self.until is not None:
            raise Conflict(
                f"A switch to {self.candidate} is {self.state} until {self.until:%Y-%m-%dT%H:%M:%SZ}: see how it ends."
            )
        return CurrentModel(
            of,
            "loading",
            self.previous,
            candidate,
            f"{candidate} is being loaded and tried.",
            switch_id,
            by,
            asked_at=moment,
            changed_at=moment,
            until=moment + LOADING,
            revision=self.revision,
        )

    def moved(self, moment: datetime) -> "CurrentModel":
        """Return it with the candidate in the first place, watched. Raises: Conflict unless it is loading."""
        self._expect("loading")
        return replace(
            self,
            current=self.candidate,
            state="watching",
            previous=self.current,
            reason=f"{self.candidate} answered its trial and is asked first. {self.current} is kept.",
            changed_at=moment,
            until=moment + WATCHED,
        )

    def given_up(self, reason: str, moment: datetime) -> "CurrentModel":
        """Return it with everything as it was before the switch. Raises: Conflict unless it is loading."""
        self._expect("loading")
        return replace(self, state="failed", reason=reason, changed_at=moment, until=None)

    def returned(self, reason: str, moment: datetime) -> "CurrentModel":
        """Return it with the previous model back in the first place. Raises: Conflict unless it is watched."""
        self._expect("watching")
        return replace(
            self,
            current=self.previous,
            state="rolled_back",
            previous="",
            reason=reason,
            changed_at=moment,
            until=None,
        )

    def _expect(self, state: State) -> None:
        if self.state != state:
            raise Conflict(f"The switch is {self.state} and no longer {state}.")


class CurrentModels(Protocol):
    """The one record of a stage."""

    def get(self) -> CurrentModel:
        """Return it; an empty one where nobody ever switched. Raises: StorageUnavailable."""

    def save(self, record: CurrentModel) -> CurrentModel:
        """Store the next revision. Raises: StaleWrite, StorageUnavailable."""

    def count(self, switch_id: str, seen: Seen) -> CurrentModel:
        """Add to what was seen of a switch, and return the record with it. It stays the same revision.

        Added again after an answer that was lost, it may count twice. Raises: Conflict where that switch is not, or no
        longer, being watched; StorageUnavailable.
        """


class SwitchWork(Protocol):
    def start(self, switch_id: str) -> None:
        """Have a switch carried out; one that was started already is not started again. Raises: Unavailable."""
