"""Answers that may be given again, kept for a while in the memory of one instance."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from coaching.models.ports import Reuse
from coaching.models.reuse import AnswerKey
from coaching.vocabulary import CreatorId, UserId

KEPT_SECONDS: Final = 600.0
"""How long an answer may be given again: so long it can outlast the erasure of who asked, in an instance that is not
told of it. It leaves the memory with the next look at any answer, or with the process.
"""
MOST_ANSWERS: Final = 500
MOST_CHARACTERS: Final = 20_000
"""Of one answer; a longer one is not kept. With `MOST_ANSWERS` it bounds the memory, to about 10 MB of usual ones."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that came to its own end, piece by piece, and who gave it."""

    pieces: tuple[str, ...]
    model: str


class KeptAnswers(Protocol):
    def get(self, key: AnswerKey) -> KeptAnswer | None:
        """Return the answer; None where there is none any more."""

    def keep(self, key: AnswerKey, reuse: Reuse, answer: KeptAnswer) -> None:
        """Keep the answer, or not. It belongs to the user who asked, whoever may be given it."""

    def forget(self, creator_id: CreatorId, user_id: UserId | None = None) -> None:
        """Drop what the user asked for; without a user, everything of the creator."""


@dataclass(frozen=True, slots=True)
class _Entry:
    ends: float
    creator_id: CreatorId
    user_id: UserId
    answer: KeptAnswer


class InstanceKeptAnswers(KeptAnswers):
    """Keeps the answers that were used last, each for `seconds` from its making and no longer."""

    def __init__(
        self,
        seconds: float = KEPT_SECONDS,
        most: int = MOST_ANSWERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[AnswerKey, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: AnswerKey) -> KeptAnswer | None:
        with self._lock:
            self._drop(lambda entry: entry.ends <= self._clock())
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry.answer

    def keep(self, key: AnswerKey, reuse: Reuse, answer: KeptAnswer) -> None:
        if sum(map(len, answer.pieces)) > MOST_CHARACTERS:
            return
        entry = _Entry(self._clock() + self._seconds, reuse.creator_id, reuse.user_id, answer)
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = entry
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def forget(self, creator_id: CreatorId, user_id: UserId | None = None) -> None:
        with self._lock:
            self._drop(lambda entry: entry.creator_id == creator_id and user_id in (None, entry.user_id))

    def _drop(self, goes: Callable[[_Entry], bool]) -> None:
        # There are few of them, and what is over must not stay in memory until somebody asks for it again.
        for key in [key for key, entry in self._entries.items() if goes(entry)]:
            del self._entries[key]
