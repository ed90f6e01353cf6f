"""One contract for escalations: in memory and in the table."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from coaching.adapters.aws.escalations import DynamoDBEscalations, DynamoDBRotas, DynamoDBWatchedUsers
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.escalations import MemoryEscalations, MemoryRotas, MemoryWatchedUsers
from coaching.errors import Malformed, NotFound, StaleWrite
from coaching.safety.escalation.record import Escalation, EscalationId, Status, Step
from coaching.safety.escalation.rota import Contact, OnCall, Rota
from coaching.safety.redflags.pattern import Pattern, Said, Tone
from coaching.safety.topics import Severity, Topic
from coaching.safety.watching import WatchedUser
from coaching.vocabulary import ConversationId, CreatorId, UserId, new_ulid

ACME, OTHER = CreatorId("acme"), CreatorId("acme2")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Store = MemoryEscalations | DynamoDBEscalations


def escalation(user: str, severity: Severity = Severity.HIGH, minute: int = 0, creator: CreatorId = ACME) -> Escalation:
    at = NOON + timedelta(minutes=minute)
    return Escalation(
        EscalationId(new_ulid()),
        creator,
        UserId(user),
        ConversationId("talk"),
        severity,
        (Topic.SUICIDE,),
        created_at=at,
        updated_at=at,
        next_at=at,
        steps=(Step(at, "raised", detail="high"),),
    )


def created(store: Store, *escalations: Escalation) -> list[Escalation]:
    assert all(store.create(each) for each in escalations)
    return [store.get(each.creator_id, each.escalation_id) for each in escalations]


def resolved(store: Store, kept: Escalation, at: datetime = NOON) -> Escalation:
    anna = UserId("anna")
    claimed = store.save(kept.claimed(anna, at))
    return store.save(claimed.resolved(anna, "safe_now", "note", at))


def users(store: Store, status: Status | None = None, *, limit: int = 20) -> Sequence[str]:
    """Return the users of the whole list, page by page."""
    found, cursor = [], None
    while True:
        page = store.page(ACME, status, limit=limit, cursor=cursor)
        found += [each.user_id for each in page.items]
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


class EscalationsContract:
    def test_what_was_created_is_read_and_found_with_its_user(self, store: Store) -> None:
        new = escalation("user-1")
        (kept,) = created(store, new)
        assert kept == replace(new, revision=1)
        assert store.current(ACME, UserId("user-1")) == kept

    def test_a_user_has_one_that_is_not_resolved(self, store: Store) -> None:
        (kept,) = created(store, escalation("user-1"))
        assert not store.create(escalation("user-1"))
        resolved(store, kept)
        assert store.current(ACME, UserId("user-1")) is None
        assert store.create(escalation("user-1"))

    def test_of_many_at_once_one_is_created(self, store: Store) -> None:
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(store.create, [escalation("user-1") for _ in range(6)]))
        assert made.count(True) == 1
        assert len(users(store)) == 1

    def test_a_stale_write_is_refused_whatever_it_says(self, store: Store) -> None:
        (kept,) = created(store, escalation("user-1"))
        store.save(kept.claimed(UserId("anna"), NOON))
        with pytest.raises(StaleWrite):
            store.save(kept.claimed(UserId("ben"), NOON))
        over = replace(kept, status="resolved", outcome="false_alarm", next_at=None)
        with pytest.raises(StaleWrite):
            store.save(over)

    def test_of_two_who_claim_at_once_one_does(self, store: Store) -> None:
        (kept,) = created(store, escalation("user-1"))
        holders: list[UserId | None] = []

        def claim(coach: UserId) -> None:
            with suppress(StaleWrite):
                holders.append(store.save(kept.claimed(coach, NOON)).claimed_by)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(claim, [UserId("anna"), UserId("ben")]))
        assert holders == [store.get(ACME, kept.escalation_id).claimed_by]

    def test_lists_the_gravest_first_and_of_these_the_oldest(self, store: Store) -> None:
        created(
            store,
            escalation("elevated", Severity.ELEVATED, 0),
            escalation("late", Severity.HIGH, 5),
            escalation("early", Severity.HIGH, 1),
            escalation("imminent", Severity.IMMINENT, 9),
        )
        for limit in (1, 2, 20):
            assert users(store, limit=limit) == ["imminent", "early", "late", "elevated"]

    def test_lists_by_status_and_resolved_ones_newest_first(self, store: Store) -> None:
        first, second, third = created(store, escalation("a"), escalation("b", minute=1), escalation("c", minute=2))
        store.save(third.claimed(UserId("anna"), NOON))
        resolved(store, first)
        resolved(store, second, NOON + timedelta(minutes=5))
        assert users(store) == ["c"]
        assert users(store, "claimed") == ["c"]
        assert users(store, "open") == []
        assert users(store, "resolved", limit=1) == ["b", "a"]

    def test_graver_ones_move_up(self, store: Store) -> None:
        low, _ = created(store, escalation("low", Severity.ELEVATED), escalation("high", minute=1))
        store.save(low.raised_again(Severity.IMMINENT, (Topic.SELF_HARM,), NOON))
        assert users(store) == ["low", "high"]

    def test_another_creators_are_not_there(self, store: Store) -> None:
        (foreign,) = created(store, escalation("user-1", creator=OTHER))
        assert users(store) == []
        assert store.current(ACME, UserId("user-1")) is None
        with pytest.raises(NotFound):
            store.get(ACME, foreign.escalation_id)

    def test_a_cursor_is_of_one_list(self, store: Store) -> None:
        created(store, *(escalation(f"user-{number}") for number in range(3)))
        cursor = store.page(ACME, None, limit=1, cursor=None).next_cursor
        for creator, status in ((OTHER, None), (ACME, "open")):
            with pytest.raises(Malformed):
                store.page(creator, status, limit=1, cursor=cursor)  # type: ignore[arg-type]

    def test_those_are_due_whose_next_round_has_come(self, store: Store) -> None:
        now, _, claimed = created(store, escalation("now"), escalation("later", minute=10), escalation("claimed"))
        store.save(claimed.claimed(UserId("anna"), NOON))
        assert store.due(NOON, limit=40) == ((ACME, now.escalation_id),)


class TestInMemory(EscalationsContract):
    @pytest.fixture
    def store(self) -> MemoryEscalations:
        return MemoryEscalations()


class TestInDynamoDB(EscalationsContract):
    @pytest.fixture
    def store(self, table: DynamoDBTable) -> DynamoDBEscalations:
        return DynamoDBEscalations(table)


class RotasContract:
    def test_is_empty_at_first_and_kept_with_its_revision(self, rotas: MemoryRotas | DynamoDBRotas) -> None:
        assert rotas.get(ACME) == Rota(ACME)
        anna = UserId("anna")
        hours = (OnCall(anna, (0, 4), time(22), time(6, 30)),)
        rota = Rota(ACME, "Europe/Berlin", {anna: Contact("Anna", "anna@acme.test")}, hours, updated_at=NOON)
        assert rotas.save(rota) == rotas.get(ACME) == replace(rota, revision=1)
        assert rotas.get(OTHER) == Rota(OTHER)
        with pytest.raises(StaleWrite):
            rotas.save(rota)


class TestRotasInMemory(RotasContract):
    @pytest.fixture
    def rotas(self) -> MemoryRotas:
        return MemoryRotas()


class TestRotasInDynamoDB(RotasContract):
    @pytest.fixture
    def rotas(self, table: DynamoDBTable) -> DynamoDBRotas:
        return DynamoDBRotas(table)


class WatchedUsersContract:
    def test_what_was_said_is_kept_as_figures_by_user(self, users: MemoryWatchedUsers | DynamoDBWatchedUsers) -> None:
        user = UserId("user-1")
        assert users.get(ACME, user) == WatchedUser(ACME, user)
        pattern = Pattern().after({Topic.SUICIDE: Said(0.75, Severity.HIGH)}, Tone(gloom=0.5, retracts=True))
        kept = users.save(WatchedUser(ACME, user, pattern))
        assert users.get(ACME, user) == kept == WatchedUser(ACME, user, pattern, revision=1)
        assert users.get(OTHER, user) == WatchedUser(OTHER, user)
        with pytest.raises(StaleWrite):
            users.save(WatchedUser(ACME, user))


class TestWatchedUsersInMemory(WatchedUsersContract):
    @pytest.fixture
    def users(self) -> MemoryWatchedUsers:
        return MemoryWatchedUsers()


class TestWatchedUsersInDynamoDB(WatchedUsersContract):
    @pytest.fixture
    def users(self, table: DynamoDBTable) -> DynamoDBWatchedUsers:
        return DynamoDBWatchedUsers(table)
