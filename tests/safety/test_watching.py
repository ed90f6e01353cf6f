"""Who watches over a user: what is seen, remembered and raised."""

import pytest

from coaching.adapters.memory.escalations import MemoryEscalations, MemoryWatchedUsers
from coaching.errors import StorageUnavailable
from coaching.safety.escalation.record import Escalation
from coaching.safety.topics import Severity, Topic
from coaching.safety.watching import Watched, WatchedUser, WatchUser
from coaching.vocabulary import ConversationId, CreatorId, Identity, UserId
from tests.support.caring import CareInMemory

WHO = Identity(UserId("user-1"), CreatorId("demo"), frozenset({"user"}))
TALK = ConversationId("talk")
PLAIN = "I want to kill myself"
CALM = "How long should my easy run be tomorrow?"


@pytest.fixture
def care() -> CareInMemory:
    return CareInMemory()


@pytest.fixture
def watch(care: CareInMemory) -> WatchUser:
    return care.care().watch


def seen(watch: WatchUser, *texts: str) -> Watched:
    """Return what is known of the last of the messages."""
    return [watch.look(WHO, text) for text in texts][-1]


def test_an_everyday_message_is_calm_and_nothing_is_kept_of_it(care: CareInMemory, watch: WatchUser) -> None:
    assert seen(watch, CALM).calm
    assert care.users.get(WHO.creator_id, WHO.user_id) == WatchedUser(WHO.creator_id, WHO.user_id)


def test_plain_danger_is_seen_and_raised(care: CareInMemory, watch: WatchUser) -> None:
    watched = seen(watch, PLAIN)
    assert (watched.topic, watched.severity >= Severity.HIGH, watched.about_other) == (Topic.SUICIDE, True, False)
    raised = watch.tell(WHO, TALK, watched, ("Line",))
    assert raised is not None
    kept = care.escalations.current(WHO.creator_id, WHO.user_id)
    assert kept is not None
    assert (kept.topics[0], kept.resources, kept.conversation_id) == (Topic.SUICIDE, ("Line",), TALK)
    assert care.watch.begun == [kept]


def test_taking_it_back_does_not_clear_it(watch: WatchUser) -> None:
    watched = seen(watch, PLAIN, "haha just kidding")
    assert watched.topic is Topic.SUICIDE
    assert watched.severity >= Severity.HIGH


def test_a_calm_message_after_danger_is_coached_again_unless_it_was_escalated(watch: WatchUser) -> None:
    watched = seen(watch, PLAIN, CALM)
    assert (watched.topic, watched.locked, watched.calm) == (None, False, False)


def test_while_an_escalation_is_open_coaching_is_locked(watch: WatchUser) -> None:
    watch.tell(WHO, TALK, seen(watch, PLAIN), ())
    assert seen(watch, CALM).locked


def test_a_friend_in_danger_raises_what_a_human_looks_at_and_locks_nothing(
    care: CareInMemory, watch: WatchUser
) -> None:
    watched = seen(watch, "My best friend told me she wants to kill herself tonight")
    assert (watched.topic, watched.about_other) == (Topic.SUICIDE, True)
    watch.tell(WHO, TALK, watched, ())
    kept = care.escalations.current(WHO.creator_id, WHO.user_id)
    assert kept is not None
    assert (kept.about_other, kept.severity, kept.locks) == (True, Severity.ELEVATED, False)


def test_of_one_user_nothing_is_remembered_for_another(watch: WatchUser) -> None:
    seen(watch, PLAIN)
    other = Identity(UserId("user-2"), WHO.creator_id, WHO.roles)
    assert watch.look(other, CALM).calm


class DeadUsers(MemoryWatchedUsers):
    def get(self, creator_id: CreatorId, user_id: UserId) -> WatchedUser:
        raise StorageUnavailable("The storage is away.")


class DeadEscalations(MemoryEscalations):
    def current(self, creator_id: CreatorId, user_id: UserId) -> Escalation | None:
        raise StorageUnavailable("The storage is away.")


@pytest.mark.parametrize(
    "care", [CareInMemory(users=DeadUsers()), CareInMemory(escalations=DeadEscalations())], ids=["users", "escalations"]
)
def test_while_the_storage_is_away_a_message_is_judged_by_itself(care: CareInMemory) -> None:
    watch = care.care().watch
    assert watch.look(WHO, PLAIN).topic is Topic.SUICIDE
    assert watch.look(WHO, CALM).calm


def test_what_cannot_be_kept_is_not_raised_and_does_not_fail() -> None:
    watch = CareInMemory(escalations=DeadEscalations()).care().watch
    assert watch.tell(WHO, TALK, watch.look(WHO, PLAIN), ()) is None
