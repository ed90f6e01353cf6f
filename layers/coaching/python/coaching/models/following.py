"""What one instance knows of the current model."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import Final

from coaching.errors import Unavailable
from coaching.models.switching import CurrentModel, CurrentModels
from coaching.vocabulary import now

FRESH_SECONDS: Final = 5.0
"""How long what was read is believed: so long after a switch an instance may still ask the model before."""


class FollowCurrentModel:
    """Reads the record at most every `FRESH_SECONDS`. While it cannot be read, what was read last counts."""

    def __init__(
        self,
        records: CurrentModels,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._clock = clock
        self._today = today
        self._lock = Lock()
        self._known = CurrentModel()
        self._read_at = -FRESH_SECONDS

    def __call__(self) -> CurrentModel:
        """Return the record as it is now; an empty one while nothing is known."""
        if self._is_due():
            with suppress(Unavailable):
                self.learn(self._records.get())
        return self.known

    @property
    def known(self) -> CurrentModel:
        """What was read last, as it is now."""
        return self._known.at(self._today())

    def learn(self, record: CurrentModel) -> None:
        """Believe a record that was met elsewhere, unless a later one is known."""
        with self._lock:
            if record.revision >= self._known.revision:
                self._known = record

    def _is_due(self) -> bool:
        # One that hangs is asked again only after a while, and by one thread, so that it does not slow every reply.
        with self._lock:
            moment = self._clock()
            due = moment - self._read_at >= FRESH_SECONDS
            if due:
                self._read_at = moment
            return due
