"""The current model, in memory."""

from dataclasses import dataclass, field, replace
from threading import RLock

from coaching.errors import Conflict, StaleWrite
from coaching.models.switching import CurrentModel, CurrentModels, Seen, SwitchWork


class MemoryCurrentModels(CurrentModels):
    def __init__(self) -> None:
        self._record = CurrentModel()
        self._lock = RLock()

    def get(self) -> CurrentModel:
        with self._lock:
            return self._record

    def save(self, record: CurrentModel) -> CurrentModel:
        with self._lock:
            if record.revision != self._record.revision:
                raise StaleWrite("Somebody else changed this meanwhile; read it again and retry.")
            self._record = replace(record, revision=record.revision + 1)
            return self._record

    def count(self, switch_id: str, seen: Seen) -> CurrentModel:
        with self._lock:
            if (self._record.switch_id, self._record.state) != (switch_id, "watching"):
                raise Conflict("This switch is not being watched any more.")
            self._record = replace(self._record, seen=self._record.seen + seen)
            return self._record


@dataclass(frozen=True, slots=True)
class MemorySwitchWork(SwitchWork):
    """Remembers what was started."""

    started: list[str] = field(default_factory=list)

    def start(self, switch_id: str) -> None:
        if switch_id not in self.started:
            self.started.append(switch_id)
