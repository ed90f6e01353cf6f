"""Idempotency: what every adapter promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from coaching.adapters.aws.answered_requests import DynamoDBAnsweredRequests
from coaching.adapters.aws.table import DynamoDBTable
from coaching.adapters.memory.answered_requests import MemoryAnsweredRequests
from coaching.errors import Invalid, StillRunning
from coaching.idempotency import KEPT_SECONDS, Answer, AnsweredRequests
from tests.adapters.storage.samples import identity

ADA = identity()
CREATED = Answer(201, '{"text": "Begin small. – ü"}')


@dataclass
class Clock:
    seconds: float = 1_800_000_000.4

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


class AnsweredRequestsContract:
    def test_gives_the_same_answer_to_the_same_request(self, requests: AnsweredRequests) -> None:
        assert requests.begin(ADA, "key", "body", lease_seconds=30) is None
        requests.finish(ADA, "key", "body", CREATED)
        assert requests.begin(ADA, "key", "body", lease_seconds=30) == CREATED

    def test_refuses_a_key_that_was_used_for_another_request(self, requests: AnsweredRequests) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        with pytest.raises(Invalid):
            requests.begin(ADA, "key", "another body", lease_seconds=30)
        requests.finish(ADA, "key", "body", CREATED)
        with pytest.raises(Invalid):
            requests.begin(ADA, "key", "another body", lease_seconds=30)

    def test_tells_that_the_request_is_still_running(self, requests: AnsweredRequests, clock: Clock) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        clock.seconds += 29.9
        with pytest.raises(StillRunning):
            requests.begin(ADA, "key", "body", lease_seconds=30)

    def test_lets_another_take_over_after_the_lease(self, requests: AnsweredRequests, clock: Clock) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        clock.seconds += 31
        assert requests.begin(ADA, "key", "body", lease_seconds=30) is None
        with pytest.raises(StillRunning):
            requests.begin(ADA, "key", "body", lease_seconds=30)

    def test_keeps_the_first_of_two_answers(self, requests: AnsweredRequests) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        requests.finish(ADA, "key", "body", CREATED)
        requests.finish(ADA, "key", "body", Answer(500, "late"))
        assert requests.begin(ADA, "key", "body", lease_seconds=30) == CREATED

    def test_lets_the_caller_try_again_after_a_drop(self, requests: AnsweredRequests) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        requests.drop(ADA, "key", "body")
        assert requests.begin(ADA, "key", "another body", lease_seconds=30) is None

    def test_does_not_drop_an_answer_or_another_request(self, requests: AnsweredRequests) -> None:
        requests.drop(ADA, "nothing", "body")
        requests.begin(ADA, "key", "body", lease_seconds=30)
        requests.drop(ADA, "key", "another body")
        requests.finish(ADA, "key", "body", CREATED)
        requests.drop(ADA, "key", "body")
        assert requests.begin(ADA, "key", "body", lease_seconds=30) == CREATED

    def test_forgets_after_a_day(self, requests: AnsweredRequests, clock: Clock) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        requests.finish(ADA, "key", "body", CREATED)
        clock.seconds += KEPT_SECONDS + 1
        assert requests.begin(ADA, "key", "another body", lease_seconds=30) is None

    @pytest.mark.parametrize(("creator_id", "user_id"), [("hearth", "user-10"), ("heart", "user-1")])
    def test_keeps_users_apart(self, requests: AnsweredRequests, creator_id: str, user_id: str) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        requests.finish(ADA, "key", "body", CREATED)
        assert requests.begin(identity(creator_id, user_id), "key", "body", lease_seconds=30) is None

    @pytest.mark.parametrize("key", ["", "a#b", "#", "é" * 2000, "\x00\n", "\ud800"])
    def test_takes_any_key(self, requests: AnsweredRequests, key: str) -> None:
        requests.begin(ADA, key, "body", lease_seconds=30)
        requests.finish(ADA, key, "body", CREATED)
        assert requests.begin(ADA, key, "body", lease_seconds=30) == CREATED
        assert requests.begin(ADA, key + "!", "body", lease_seconds=30) is None

    def test_one_of_many_at_once_gets_the_claim(self, requests: AnsweredRequests) -> None:
        def claims(_: int) -> bool:
            try:
                return requests.begin(ADA, "key", "body", lease_seconds=30) is None
            except StillRunning:
                return False

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(claims, range(8))) == 1


class TestInMemory(AnsweredRequestsContract):
    @pytest.fixture
    def requests(self, clock: Clock) -> MemoryAnsweredRequests:
        return MemoryAnsweredRequests(clock)


class TestDynamoDB(AnsweredRequestsContract):
    @pytest.fixture
    def requests(self, table: DynamoDBTable, clock: Clock) -> DynamoDBAnsweredRequests:
        return DynamoDBAnsweredRequests(table, clock)

    def test_records_tell_the_table_when_to_drop_them(
        self, requests: DynamoDBAnsweredRequests, table: DynamoDBTable
    ) -> None:
        requests.begin(ADA, "key", "body", lease_seconds=30)
        (item,) = table.client().scan(TableName=table.name)["Items"]
        assert item["expires_at"] == {"N": str(1_800_000_001 + KEPT_SECONDS)}
