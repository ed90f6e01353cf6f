"""What models took, in memory."""

from dataclasses import dataclass, field
from threading import RLock

from coaching.models.usage import ModelCall, ModelUsage, MonthlyUsage, UsageLedger
from coaching.vocabulary import CreatorId


@dataclass(frozen=True, slots=True)
class MemoryUsageLedger(UsageLedger):
    months: dict[tuple[CreatorId, str], dict[str, ModelUsage]] = field(default_factory=dict)
    known: set[tuple[CreatorId, str]] = field(default_factory=set)
    lock: RLock = field(default_factory=RLock)

    def add(self, call: ModelCall) -> None:
        with self.lock:
            if (call.creator_id, call.call_id) in self.known:
                return
            self.known.add((call.creator_id, call.call_id))
            models = self.months.setdefault((call.creator_id, call.month), {})
            models[call.model] = models.get(call.model, ModelUsage()) + ModelUsage.of(call)

    def month(self, creator_id: CreatorId, month: str) -> MonthlyUsage:
        with self.lock:
            return MonthlyUsage(creator_id, month, dict(self.months.get((creator_id, month), {})))
