"""Care for users as it is in production, but for what it keeps and tells, which stays in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from coaching.adapters.memory.escalations import MemoryEscalations, MemoryRotas, MemoryWatchedUsers
from coaching.conversation.caring import CareForUser
from coaching.safety.crisis.registry import Registry, shipped_registry
from coaching.safety.crisis.templates import language_of, shipped_templates
from coaching.safety.escalation.ports import Watch
from coaching.safety.escalation.raising import RaiseEscalation
from coaching.safety.escalation.record import Escalation
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.ports import Meanings, NoMeanings
from coaching.safety.redflags.weights import Weights, shipped
from coaching.safety.watching import WatchUser
from coaching.vocabulary import now


@dataclass
class NotedWatch(Watch):
    begun: list[Escalation] = field(default_factory=list)

    def begin(self, escalation: Escalation) -> None:
        self.begun.append(escalation)


@dataclass
class CareInMemory:
    """Without `meanings` the words decide."""

    meanings: Meanings = field(default_factory=NoMeanings)
    escalations: MemoryEscalations = field(default_factory=MemoryEscalations)
    rotas: MemoryRotas = field(default_factory=MemoryRotas)
    users: MemoryWatchedUsers = field(default_factory=MemoryWatchedUsers)
    watch: NotedWatch = field(default_factory=NotedWatch)
    lost: list[tuple[Escalation, Exception]] = field(default_factory=list)
    weights: Callable[[], Weights] = shipped
    registry: Callable[[], Registry] = shipped_registry

    def care(self) -> CareForUser:
        raising = RaiseEscalation(
            self.escalations, self.escalations, self.rotas, self.watch, now, lambda *lost: self.lost.append(lost)
        )
        watch = WatchUser(DetectRedFlags(self.meanings, self.weights), self.users, self.escalations, raising)
        return CareForUser(watch, lambda locales: shipped_templates(language_of(*locales)), self.registry)
