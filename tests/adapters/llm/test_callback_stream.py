import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from coaching.adapters.llm.callback_stream import CallbackStream, Push
from coaching.adapters.llm.deadlines import Countdown


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_gives_what_the_call_pushes_in_order(executor: ThreadPoolExecutor) -> None:
    def call(push: Push[int]) -> None:
        for n in range(200):
            push(n)

    stream = CallbackStream[int](Countdown("It", 5), ahead=3)
    stream.start(executor, call)
    assert list(stream.items()) == list(range(200))


def test_the_call_runs_only_so_far_ahead(executor: ThreadPoolExecutor) -> None:
    pushed: list[int] = []

    def call(push: Push[int]) -> None:
        for n in range(100):
            push(n)
            pushed.append(n)

    stream = CallbackStream[int](Countdown("It", 5), ahead=3)
    stream.start(executor, call)
    time.sleep(0.1)
    assert len(pushed) == 3
    assert list(stream.items()) == list(range(100))


def test_a_cancelled_call_is_told_to_stop_even_when_nobody_pulls(executor: ThreadPoolExecutor) -> None:
    stopped = threading.Event()

    def call(push: Push[int]) -> None:
        while not push(0):
            pass
        stopped.set()

    stream = CallbackStream[int](Countdown("It", 5), ahead=3)
    stream.start(executor, call)
    next(stream.items())
    stream.cancel()
    assert stopped.wait(0.5)


def test_a_forgotten_call_is_told_to_stop_when_its_time_is_over(executor: ThreadPoolExecutor) -> None:
    stopped = threading.Event()

    def call(push: Push[int]) -> None:
        while not push(0):
            pass
        stopped.set()

    CallbackStream[int](Countdown("It", 0.1), ahead=3).start(executor, call)
    assert stopped.wait(1)


def test_a_call_that_was_cancelled_in_the_queue_never_begins(executor: ThreadPoolExecutor) -> None:
    release, begun = threading.Event(), threading.Event()
    executor.submit(release.wait, 5)
    stream = CallbackStream[int](Countdown("It", 5))
    stream.start(executor, lambda push: begun.set())
    stream.cancel()
    release.set()
    executor.submit(lambda: None).result(5)
    assert not begun.is_set()


def test_raises_what_the_call_raises_after_what_it_pushed(executor: ThreadPoolExecutor) -> None:
    def call(push: Push[int]) -> None:
        push(1)
        raise ValueError("no more")

    stream = CallbackStream[int](Countdown("It", 5))
    stream.start(executor, call)
    items = stream.items()
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)
