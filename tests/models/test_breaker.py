import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from coaching.models.breaker import BreakerRule, Breakers, Outcome
from tests.models.chains import Clock, NoStates

RULE = BreakerRule(window=60, failures=2, rate=0.5, pause=20, longest_pause=100, locked_out_pause=900, probe_lost=300)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(rule=RULE, clock=clock, draw=lambda least, most: most)


@pytest.fixture
def ends(breakers: Breakers) -> Callable[..., None]:
    def ends(*outcomes: Outcome) -> None:
        for outcome in outcomes:
            breakers.leave("a", breakers.enter("a"), outcome)

    return ends


Ends = Callable[..., None]


class TestOpening:
    def test_one_failure_alone_never_opens(self, breakers: Breakers, ends: Ends) -> None:
        ends("failed")
        assert breakers.found("a") == "closed"

    def test_the_second_failure_does(self, breakers: Breakers, ends: Ends) -> None:
        ends("failed", "failed")
        assert breakers.found("a") == "open"
        assert breakers.enter("a") == "open"

    def test_failures_that_are_few_among_many_do_not(self, breakers: Breakers, ends: Ends) -> None:
        ends("answered", "answered", "answered", "failed", "failed")
        assert breakers.found("a") == "closed"
        ends("failed")
        assert breakers.found("a") == "open"

    def test_failures_that_lie_a_window_apart_do_not(self, breakers: Breakers, ends: Ends, clock: Clock) -> None:
        for _ in range(5):
            ends("failed")
            clock.now += 60
        assert breakers.found("a") == "closed"

    def test_good_answers_of_a_while_ago_do_not_outweigh_what_fails_now(
        self, breakers: Breakers, ends: Ends, clock: Clock
    ) -> None:
        ends(*["answered"] * 50)
        clock.now += 6
        ends("failed", "failed")
        assert breakers.found("a") == "open"

    def test_what_says_nothing_of_the_model_does_not_count(self, breakers: Breakers, ends: Ends) -> None:
        ends("failed", *["nothing"] * 20)
        assert breakers.found("a") == "closed"
        ends("failed")
        assert breakers.found("a") == "open"

    def test_each_name_has_its_own(self, breakers: Breakers, ends: Ends) -> None:
        ends("failed", "failed")
        assert breakers.found("b") == "closed"

    def test_a_model_that_locks_us_out_is_left_alone_at_once_and_for_long(
        self, breakers: Breakers, ends: Ends, clock: Clock
    ) -> None:
        ends("answered", "answered", "locked_out")
        clock.now += 899
        assert breakers.found("a") == "open"
        clock.now += 1
        assert breakers.found("a") == "probe"


class TestProbing:
    @pytest.fixture(autouse=True)
    def opened(self, ends: Ends) -> None:
        ends("failed", "failed")

    def test_after_the_pause_one_call_at_once_may_try(self, breakers: Breakers, clock: Clock) -> None:
        clock.now += 19.9
        assert breakers.enter("a") == "open"
        clock.now += 0.1
        assert [breakers.enter("a") for _ in range(3)] == ["probe", "open", "open"]

    def test_a_probe_that_is_answered_closes_it(self, breakers: Breakers, ends: Ends, clock: Clock) -> None:
        clock.now += 20
        ends("answered")
        assert breakers.enter("a") == "closed"
        ends("failed")
        assert breakers.found("a") == "closed"

    def test_each_probe_that_fails_doubles_the_pause_up_to_a_limit(
        self, breakers: Breakers, ends: Ends, clock: Clock
    ) -> None:
        clock.now += 20
        for pause in (40, 80, 100, 100):
            ends("failed")
            clock.now += pause - 0.1
            assert breakers.found("a") == "open"
            clock.now += 0.1
            assert breakers.found("a") == "probe"

    def test_a_probe_that_says_nothing_makes_room_for_another(
        self, breakers: Breakers, ends: Ends, clock: Clock
    ) -> None:
        clock.now += 20
        ends("nothing")
        assert breakers.enter("a") == "probe"

    def test_a_probe_that_was_lost_makes_room_in_the_end(self, breakers: Breakers, clock: Clock) -> None:
        clock.now += 20
        breakers.enter("a")
        clock.now += 299
        assert breakers.enter("a") == "open"
        clock.now += 1
        assert breakers.enter("a") == "probe"

    def test_calls_from_before_it_opened_change_nothing(self, breakers: Breakers, clock: Clock) -> None:
        breakers.leave("a", "closed", "answered")
        breakers.leave("a", "closed", "failed")
        assert breakers.found("a") == "open"
        clock.now += 20
        assert breakers.found("a") == "probe"

    def test_an_answer_closes_it_even_where_nobody_should_have_asked(self, breakers: Breakers, ends: Ends) -> None:
        ends("answered")
        assert breakers.found("a") == "closed"

    def test_the_pause_is_shortened_by_chance(self, clock: Clock) -> None:
        drawn: list[tuple[float, float]] = []

        def draw(least: float, most: float) -> float:
            drawn.append((least, most))
            return least

        early = Breakers(rule=RULE, clock=clock, draw=draw)
        for _ in range(2):
            early.leave("a", early.enter("a"), "failed")
        assert drawn == [(10, 20)]
        clock.now += 10
        assert early.found("a") == "probe"


def test_a_clock_that_goes_back_keeps_nothing_open_for_longer(breakers: Breakers, ends: Ends, clock: Clock) -> None:
    ends("failed", "failed")
    clock.now -= 500
    assert breakers.enter("a") == "probe"
    ends("failed")
    clock.now -= 500
    breakers.leave("a", "probe", "answered")
    assert breakers.enter("a") == "closed"


def test_a_clock_that_leaps_forward_forgets_what_failed(breakers: Breakers, ends: Ends, clock: Clock) -> None:
    ends("failed")
    clock.now += 1e9
    ends("failed")
    assert breakers.found("a") == "closed"


def test_calls_go_on_when_the_states_cannot_be_read(clock: Clock) -> None:
    breakers = Breakers(states=NoStates(), rule=RULE, clock=clock)
    for _ in range(3):
        admission = breakers.enter("a")
        breakers.leave("a", admission, "failed")
        assert admission == breakers.found("a") == "closed"


def test_of_many_threads_one_gets_the_probe(breakers: Breakers, ends: Ends, clock: Clock) -> None:
    ends("failed", "failed")
    clock.now += 20
    together = threading.Barrier(8)

    def enter(_: int) -> str:
        together.wait(30)
        return breakers.enter("a")

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(enter, range(8))) == ["open"] * 7 + ["probe"]


def test_no_call_of_many_threads_is_lost(clock: Clock) -> None:
    breakers = Breakers(rule=BreakerRule(failures=1_000, rate=1.0), clock=clock)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: breakers.leave("a", breakers.enter("a"), "failed"), range(999)))
    assert breakers.found("a") == "closed"
    breakers.leave("a", breakers.enter("a"), "failed")
    assert breakers.found("a") == "open"
