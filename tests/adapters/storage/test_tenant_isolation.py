"""No combination of ids reads another owner's records."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coaching.adapters.aws import keys
from coaching.adapters.aws.conversations import DynamoDBConversations, DynamoDBTurns
from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.profile import DynamoDBGoals
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import Malformed, NotFound
from coaching.vocabulary import ConversationId, CreatorId, DocumentId, GoalId, MessageId, UserId
from tests.adapters.storage.samples import conversation, document, goal, turn

# Few letters make ids that begin like each other; the words are those that the keys are made of.
ids = st.one_of(
    st.text("ab#", min_size=1, max_size=4),
    st.sampled_from(["a#user#b", "creator", "user", "a#creator", "document#a", "profile"]),
    st.text(max_size=8),
)
against_one_table = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(st.tuples(ids, ids, ids, ids), st.tuples(ids, ids, ids, ids))
def test_every_record_has_a_place_of_its_own(mine: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    if (first := places(*mine)) and (second := places(*theirs)):
        for kind, place in first.items():
            for other_kind, other_place in second.items():
                same_ids = mine[: IDS[kind]] == theirs[: IDS[other_kind]]
                assert (place == other_place) == (kind == other_kind and same_ids)


@given(st.tuples(ids, ids, ids, ids), st.tuples(ids, ids, ids, ids))
def test_a_list_holds_its_owner_s_records_alone(mine: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    if (lists := places_of_lists(*mine)) and (records := places(*theirs)):
        for kind, within in lists.items():
            for other_kind, place in records.items():
                listed = place.partition == within.partition and place.sort.startswith(within.sort)
                assert listed == (kind == other_kind and mine[: LIST_IDS[kind]] == theirs[: LIST_IDS[kind]])


IDS = {
    "creator": 1,
    "document": 2,
    "usage": 2,
    "call": 3,
    "day": 2,
    "profile": 2,
    "goal": 3,
    "conversation": 3,
    "message": 4,
    "turn": 3,
    "feedback": 3,
}
LIST_IDS = {"document": 1, "usage": 2, "goal": 2, "conversation": 2, "message": 3}


def places(one: str, two: str, three: str, four: str) -> dict[str, keys.Key]:
    """Return where the records of these ids stand; none if an id is refused."""
    creator_id, user_id = CreatorId(one), UserId(two)
    try:
        return {
            "creator": keys.creator(creator_id),
            "document": keys.document(creator_id, DocumentId(two)),
            "usage": keys.usage(creator_id, two, 3),
            "call": keys.usage_call(creator_id, two, three),
            "day": keys.day(creator_id, two),
            "profile": keys.profile(creator_id, user_id),
            "goal": keys.goal(creator_id, user_id, GoalId(three)),
            "conversation": keys.conversation(creator_id, user_id, ConversationId(three)),
            "message": keys.message(creator_id, user_id, ConversationId(three), MessageId(four)),
            "turn": keys.turn_metrics(creator_id, user_id, MessageId(three)),
            "feedback": keys.feedback(creator_id, user_id, MessageId(three)),
        }
    except Malformed:
        return {}


def places_of_lists(one: str, two: str, three: str, _: str) -> dict[str, keys.Key]:
    """Return where the lists of these ids stand; none if an id is refused."""
    creator_id, user_id = CreatorId(one), UserId(two)
    try:
        return {
            "document": keys.documents(creator_id),
            "usage": keys.usages(creator_id, two),
            "goal": keys.goals(creator_id, user_id),
            "conversation": keys.conversations(creator_id, user_id),
            "message": keys.messages(creator_id, user_id, ConversationId(three)),
        }
    except Malformed:
        return {}


@pytest.fixture
def filled(table: DynamoDBTable) -> DynamoDBTable:
    """A table in which user `b` of creator `a` has one record of each kind, `ab`."""
    DynamoDBDocuments(table).save(document("a", "ab"))
    DynamoDBGoals(table).save(goal("a", "b", "ab"))
    talk = conversation("a", "b", "ab")
    DynamoDBConversations(table).create(talk)
    DynamoDBTurns(table).append(talk, turn(talk))
    return table


@against_one_table
@given(creator_id=ids, record_id=ids)
def test_nobody_reads_another_creator_s_documents(filled: DynamoDBTable, creator_id: str, record_id: str) -> None:
    documents, asker = DynamoDBDocuments(filled), CreatorId(creator_id)
    owns = creator_id == "a"
    assert refused(lambda: documents.get(asker, DocumentId(record_id))) != (owns and record_id == "ab")
    assert finds_nothing(lambda: documents.page(asker, limit=5, cursor=None).items) != owns


@against_one_table
@given(creator_id=ids, user_id=ids, record_id=ids)
def test_nobody_reads_another_user_s_life(filled: DynamoDBTable, creator_id: str, user_id: str, record_id: str) -> None:
    assume((creator_id, user_id) != ("a", "b"))
    asker = CreatorId(creator_id), UserId(user_id)
    conversations, goals, turns = DynamoDBConversations(filled), DynamoDBGoals(filled), DynamoDBTurns(filled)
    theirs = conversation(creator_id, user_id, record_id)
    assert refused(lambda: conversations.get(*asker, theirs.conversation_id))
    assert refused(lambda: conversations.remove(*asker, theirs.conversation_id))
    assert refused(lambda: goals.remove(*asker, GoalId(record_id)))
    assert refused(lambda: turns.append(theirs, turn(theirs)))
    assert finds_nothing(lambda: conversations.page(*asker, limit=5, cursor=None).items)
    assert finds_nothing(lambda: goals.page(*asker, limit=5, cursor=None).items)
    assert finds_nothing(lambda: turns.recent(theirs, limit=5))


def refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (NotFound, Malformed):
        return True
    return False


def finds_nothing(ask: Callable[[], tuple[object, ...]]) -> bool:
    try:
        return ask() == ()
    except Malformed:
        return True
