"""Identical requests at once: one call, read by all, in spite of those who leave."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.failures import unavailable
from coaching.models.flights import Flights
from coaching.models.ports import Fragment
from coaching.models.reuse import AnswerKey
from tests.models.flying import DEADLINE, OTHER, Reader, Source, read, until, waiting


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as made:
        yield made


@pytest.fixture
def flights() -> Iterator[Flights]:
    with ThreadPoolExecutor(8, "answers") as made:
        yield Flights(made)


def test_one_call_is_read_by_all(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    source.says("One ")
    leader = Reader(pool, flights, source)
    leader.has_heard(1)
    followers = [Reader(pool, flights, source) for _ in range(20)]
    for follower in followers:
        follower.has_heard(1)
    source.says("two ", "three.")
    source.ends()
    for reader in (leader, *followers):
        reader.done.result(DEADLINE)
        assert reader.heard == ["One ", "two ", "three."]
    assert source.calls == 1
    assert not leader.of_another
    assert all(follower.of_another for follower in followers)


def test_followers_get_the_fragments_as_they_come(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    source.says("One ")
    leader = Reader(pool, flights, source)
    leader.has_heard(1)
    follower = Reader(pool, flights, source)
    follower.has_heard(1)
    source.says("two ")
    follower.has_heard(2)
    assert not follower.done.done()
    source.ends()
    follower.done.result(DEADLINE)


def test_a_reader_that_is_slow_holds_nobody_up(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    source.says("One ")
    slow = read(flights, source)
    assert next(slow) == "One "
    follower = Reader(pool, flights, source)
    follower.has_heard(1)
    source.says("two.")
    source.ends()
    follower.done.result(DEADLINE)
    assert follower.heard == ["One ", "two."]
    assert list(slow) == ["two."]


@pytest.mark.parametrize("by", ["cancelling", "closing"])
def test_a_leader_that_leaves_takes_nobody_with_it(flights: Flights, pool: ThreadPoolExecutor, by: str) -> None:
    source, left = Source(), Cancellation()
    source.says("One ")
    leader = read(flights, source, left)
    next(leader)
    follower = Reader(pool, flights, source)
    follower.has_heard(1)
    if by == "cancelling":
        left.cancel()
        with pytest.raises(Cancelled):
            next(leader)
    leader.close()
    source.says("two.")
    source.ends()
    follower.done.result(DEADLINE)
    assert follower.heard == ["One ", "two."]
    assert source.calls == 1


def test_a_leader_that_leaves_before_the_first_word_takes_nobody_with_it(
    flights: Flights, pool: ThreadPoolExecutor
) -> None:
    source = Source()
    leader = Reader(pool, flights, source)
    assert source.began.wait(DEADLINE)
    follower = Reader(pool, flights, source)
    until(lambda: waiting(flights) == 2)
    leader.leave()
    source.says("One.")
    source.ends()
    follower.done.result(DEADLINE)
    assert follower.heard == ["One."]


def test_the_last_who_leaves_stops_the_answer(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    source.says("One ")
    readers = [Reader(pool, flights, source) for _ in range(3)]
    for reader in readers:
        reader.has_heard(1)
    for reader in readers:
        assert source.running == 1
        reader.leave()
    assert source.ended.wait(DEADLINE)
    assert source.running == 0


def test_who_comes_after_all_have_left_begins_anew(flights: Flights, pool: ThreadPoolExecutor) -> None:
    given_up, anew = Source(), Source()
    Reader(pool, flights, given_up).leave()
    anew.says("One.")
    anew.ends()
    reader = Reader(pool, flights, anew)
    reader.done.result(DEADLINE)
    assert reader.heard == ["One."]


def test_a_failure_reaches_all_each_in_its_own_words(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    source.says("One ")
    readers = [Reader(pool, flights, source) for _ in range(5)]
    for reader in readers:
        reader.has_heard(1)
    source.says(unavailable("rate_limited", "Wait.", retry_after_seconds=7))
    failures = [reader.done.exception(DEADLINE) for reader in readers]
    for failure in failures:
        assert isinstance(failure, ModelUnavailable)
        assert (failure.code, failure.message, failure.retry_after_seconds) == ("rate_limited", "Wait.", 7)
    assert len({id(failure) for failure in failures}) == 5
    assert source.calls == 1


def test_who_asks_after_a_failure_makes_a_new_call(flights: Flights, pool: ThreadPoolExecutor) -> None:
    fails, answers = Source(), Source()
    fails.says(unavailable("overloaded", "Full."))
    assert isinstance(Reader(pool, flights, fails).done.exception(DEADLINE), ModelUnavailable)
    answers.says("One.")
    answers.ends()
    reader = Reader(pool, flights, answers)
    reader.done.result(DEADLINE)
    assert reader.heard == ["One."]
    assert not reader.of_another


def test_what_nobody_expected_reaches_all_as_it_is(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    leader = Reader(pool, flights, source)
    assert source.began.wait(DEADLINE)
    follower = Reader(pool, flights, source)
    until(lambda: waiting(flights) == 2)
    source.says(ZeroDivisionError("Nobody expected this."))
    for reader in (leader, follower):
        assert isinstance(reader.done.exception(DEADLINE), ZeroDivisionError)


def test_nobody_waits_longer_than_it_has_time(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source = Source()
    leader = Reader(pool, flights, source)
    assert source.began.wait(DEADLINE)
    hurried = Reader(pool, flights, source, seconds=0.05)
    failure = hurried.done.exception(DEADLINE)
    assert isinstance(failure, ModelUnavailable)
    assert failure.code == "timeout"
    source.ends()
    leader.done.result(DEADLINE)


def test_others_are_others(flights: Flights, pool: ThreadPoolExecutor) -> None:
    mine, yours = Source(), Source()
    mine.says("Mine ")
    yours.says("Yours ")
    readers = [Reader(pool, flights, mine), Reader(pool, flights, yours, OTHER)]
    for reader in readers:
        reader.has_heard(1)
    assert [reader.heard for reader in readers] == [["Mine "], ["Yours "]]
    mine.ends()
    yours.ends()
    for reader in readers:
        reader.done.result(DEADLINE)


def test_who_comes_after_a_reader_has_heard_it_all_begins_anew(flights: Flights, pool: ThreadPoolExecutor) -> None:
    source, anew = Source(), Source()
    source.says("One.")
    source.ends()
    slow = read(flights, source)
    next(slow)
    late = Reader(pool, flights, source)
    late.done.result(DEADLINE)
    assert (late.heard, late.of_another) == (["One."], True)
    anew.says("Two.")
    anew.ends()
    next_one = Reader(pool, flights, anew)
    next_one.done.result(DEADLINE)
    assert (next_one.heard, next_one.of_another) == (["Two."], False)
    assert list(slow) == []


def test_a_process_that_ends_says_so_and_leaves_nothing_behind() -> None:
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    flights = Flights(closed)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="ending"):
            next(read(flights, Source()))


def test_many_at_once_some_of_whom_leave(flights: Flights, pool: ThreadPoolExecutor) -> None:
    """Whoever stays hears one whole answer, and as many calls were made as answers began."""
    calls = []
    lock = threading.Lock()

    def source(cancellation: Cancellation) -> Iterator[Fragment]:
        with lock:
            calls.append(1)
            number = len(calls)
        for place in range(50):
            cancellation.check()
            yield Fragment(f"{number}.{place} ")

    def use(reader: int) -> str:
        heard = ""
        answer = read(flights, source, key=AnswerKey(bytes([reader % 4])))
        with suppress(StopIteration):
            for count in range(60):
                if reader % 3 == 0 and count == reader % 50:
                    answer.close()
                    return ""
                heard += next(answer)
        return heard

    heard = [text for text in pool.map(use, range(400)) if text]
    wholes = {"".join(f"{number}.{place} " for place in range(50)) for number in range(1, len(calls) + 1)}
    assert len(heard) == 400 - len(range(0, 400, 3))
    assert set(heard) <= wholes
    assert not flights._flights
