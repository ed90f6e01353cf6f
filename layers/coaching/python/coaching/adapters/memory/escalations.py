"""Escalations, rotas and what is remembered of users in danger, in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from coaching.adapters.cursors import cursor_after, last_before
from coaching.adapters.memory.rows import MemoryRows, saved
from coaching.errors import NotFound
from coaching.safety.escalation.ports import (
    DueEscalations,
    EscalationList,
    Escalations,
    RaisedEscalations,
    Rotas,
)
from coaching.safety.escalation.record import Escalation, EscalationId, Status
from coaching.safety.escalation.rota import Rota
from coaching.safety.watching import WatchedUser, WatchedUsers
from coaching.vocabulary import CreatorId, Page, UserId


@dataclass(frozen=True, slots=True)
class MemoryEscalations(Escalations, RaisedEscalations, EscalationList, DueEscalations):
    rows: MemoryRows[Escalation] = field(default_factory=lambda: MemoryRows("escalation"))

    def get(self, creator_id: CreatorId, escalation_id: EscalationId) -> Escalation:
        return self.rows.get((creator_id,), escalation_id)

    def save(self, escalation: Escalation) -> Escalation:
        with self.rows.lock:
            self.get(escalation.creator_id, escalation.escalation_id)
            return saved(self.rows, (escalation.creator_id,), escalation.escalation_id, escalation)

    def current(self, creator_id: CreatorId, user_id: UserId) -> Escalation | None:
        with self.rows.alone((creator_id,)) as rows:
            mine = (each for each in rows.values() if each.user_id == user_id and each.status != "resolved")
            return next(mine, None)

    def create(self, escalation: Escalation) -> bool:
        with self.rows.lock:
            if self.current(escalation.creator_id, escalation.user_id):
                return False
            saved(self.rows, (escalation.creator_id,), escalation.escalation_id, escalation)
        return True

    def page(self, creator_id: CreatorId, status: Status | None, *, limit: int, cursor: str | None) -> Page[Escalation]:
        scope = ("escalations", creator_id, status or "")
        last = None if cursor is None else last_before(scope, cursor)
        with self.rows.alone((creator_id,)) as rows:
            found = sorted((each for each in rows.values() if _listed(each, status)), key=lambda each: each.rank)
        if last is not None:
            found = [each for each in found if each.rank > last]
        items = tuple(found[:limit])
        return Page(items, cursor_after(scope, items[-1].rank) if len(found) > limit else None)

    def due(self, at: datetime, *, limit: int) -> tuple[tuple[CreatorId, EscalationId], ...]:
        with self.rows.lock:
            every = [each for owned in self.rows.owners.values() for each in owned.values()]
        late = sorted((each.next_at, each.creator_id, each.escalation_id) for each in every if each.next_at)
        return tuple((creator, escalation) for next_at, creator, escalation in late if next_at <= at)[:limit]


@dataclass(frozen=True, slots=True)
class MemoryRotas(Rotas):
    rows: MemoryRows[Rota] = field(default_factory=lambda: MemoryRows("rota"))

    def get(self, creator_id: CreatorId) -> Rota:
        try:
            return self.rows.get((creator_id,), "rota")
        except NotFound:
            return Rota(creator_id)

    def save(self, rota: Rota) -> Rota:
        return saved(self.rows, (rota.creator_id,), "rota", rota)


def _listed(escalation: Escalation, status: Status | None) -> bool:
    return escalation.status == status if status else escalation.status != "resolved"


@dataclass(frozen=True, slots=True)
class MemoryWatchedUsers(WatchedUsers):
    rows: MemoryRows[WatchedUser] = field(default_factory=lambda: MemoryRows("user"))

    def get(self, creator_id: CreatorId, user_id: UserId) -> WatchedUser:
        try:
            return self.rows.get((creator_id, user_id), "safety")
        except NotFound:
            return WatchedUser(creator_id, user_id)

    def save(self, user: WatchedUser) -> WatchedUser:
        return saved(self.rows, (user.creator_id, user.user_id), "safety", user)
