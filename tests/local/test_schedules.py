"""Functions are invoked by the clock, as EventBridge Scheduler invokes them."""

import logging
import threading
from collections.abc import Iterator

import pytest

from infra.plan import Capability, Schedule
from local.functions import FunctionContext, Json
from local.schedules import Clock, clocks
from tests.support.handlers import HandlerBoard, system_of

SCHEDULE = Schedule("tidy", "work", every_minutes=5)
SYSTEM = system_of(Capability("work", 128, 5))


@pytest.fixture
def board() -> HandlerBoard:
    return HandlerBoard()


def test_the_function_gets_a_schedulers_event(board: HandlerBoard) -> None:
    Clock(SCHEDULE, board.functions(SYSTEM)).tick()
    [event] = board.events["work"]
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert event["resources"][0].endswith("/tidy")


def test_it_ticks_until_it_is_stopped(board: HandlerBoard) -> None:
    ticked = threading.Semaphore(0)

    def handler(_event: Json, _context: FunctionContext) -> Json:
        ticked.release()
        return {}

    board.handlers["work"] = handler
    clock = Clock(SCHEDULE, board.functions(SYSTEM), period_seconds=0.01)
    clock.start()
    assert ticked.acquire(timeout=10)
    assert ticked.acquire(timeout=10)
    clock.stop()
    clock.join(10)


def test_a_function_that_fails_is_invoked_again_next_time(
    board: HandlerBoard, caplog: pytest.LogCaptureFixture
) -> None:
    board.handlers["work"] = lambda *_: 1 / 0
    clock = Clock(SCHEDULE, board.functions(SYSTEM))
    with caplog.at_level(logging.WARNING):
        clock.tick()
        clock.tick()
    assert len(board.events["work"]) == 2
    assert "ZeroDivisionError" in caplog.text


def test_there_is_a_clock_for_each_schedule_that_waits_a_period_first(board: HandlerBoard) -> None:
    [clock] = clocks([SCHEDULE], board.functions(SYSTEM))
    clock.start()
    clock.stop()
    clock.join(10)
    assert board.events == {}


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("schedule-")]
