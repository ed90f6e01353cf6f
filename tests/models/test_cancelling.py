"""A reader who leaves ends every wait for the answer, wherever it is."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from coaching.models.admission import Admission, Room
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.failures import unavailable
from coaching.models.fallback import FallbackChain
from coaching.models.patience import Patience
from coaching.models.ports import ChatModel, Fragment, Message, Prompt
from tests.adapters.llm.chat_model_contract import becomes_false
from tests.models.chains import member

LONG_SECONDS = 60.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def cancelled(future: "Future[None]") -> bool:
    with pytest.raises(Cancelled):
        future.result(LONG_SECONDS)
    return True


def test_a_wait_that_is_cancelled_is_woken(pool: ThreadPoolExecutor) -> None:
    cancellation, waiting, woken = Cancellation(), threading.Event(), threading.Event()

    def wait() -> None:
        with cancellation.waking(woken.set):
            waiting.set()
            woken.wait(LONG_SECONDS)

    waited = pool.submit(wait)
    assert waiting.wait(LONG_SECONDS)
    cancellation.cancel()
    assert cancelled(waited)
    assert woken.is_set()


def test_whatever_comes_of_a_cancelled_wait_is_cancelled() -> None:
    cancellation = Cancellation()

    def wait() -> None:
        with cancellation.waking(lambda: None):
            cancellation.cancel()
            raise ConnectionError

    with pytest.raises(Cancelled):
        wait()


def test_nobody_begins_to_wait_after_it() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    waits: list[Callable[[], None]] = [cancellation.check, lambda: cancellation.sleep(LONG_SECONDS)]
    for wait in waits:
        with pytest.raises(Cancelled):
            wait()
    with pytest.raises(Cancelled), cancellation.waking(lambda: None):
        pytest.fail("It waited.")


def test_a_wait_that_is_over_is_not_woken() -> None:
    cancellation, woken = Cancellation(), threading.Event()
    with cancellation.waking(woken.set):
        pass
    cancellation.cancel()
    assert not woken.is_set()


def test_whoever_leaves_leaves_the_line_before_a_node(pool: ThreadPoolExecutor) -> None:
    admission, cancellation = Admission(Room(at_once=1, patience=LONG_SECONDS)), Cancellation()

    def wait() -> None:
        with admission.turn("node", "interactive", None, cancellation):
            pytest.fail("It had its turn.")

    with admission.turn("node", "interactive"):
        waited = pool.submit(wait)
        assert becomes_false(lambda: admission.busy("node") != (1, 1), within=LONG_SECONDS)
        cancellation.cancel()
        assert cancelled(waited)
        assert admission.busy("node") == (1, 0)
    assert admission.busy("node") == (0, 0)


@dataclass
class Busy(ChatModel):
    asked: threading.Event
    name: str = "ollama:a"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        if not self.asked.is_set():
            self.asked.set()
            raise unavailable("overloaded", "Come again later.", retry_after_seconds=20)
        yield Fragment("Words.")


def test_a_pause_before_another_try_ends(pool: ThreadPoolExecutor) -> None:
    asked, cancellation = threading.Event(), Cancellation()
    chain = FallbackChain((member("a", Busy(asked)),), patience=Patience(seconds=2 * LONG_SECONDS))
    prompt = Prompt((Message("user", "Why?"),), cancellation=cancellation)
    waited = pool.submit(lambda: list(chain.generate(prompt)))
    assert asked.wait(LONG_SECONDS)
    cancellation.cancel()
    with pytest.raises(Cancelled):
        waited.result(LONG_SECONDS)
    assert chain.breakers.found("ollama:a") == "closed"


def test_what_was_cancelled_is_no_failure_and_nobody_else_is_asked() -> None:
    cancellation = Cancellation()
    cancellation.cancel()

    @dataclass
    class Waits(ChatModel):
        name: str = "ollama:x"
        asked: int = 0

        def generate(self, prompt: Prompt) -> Iterator[Fragment]:
            self.asked += 1
            prompt.cancellation.check()
            yield Fragment("Words.")

    first, second = Waits(), Waits()
    chain = FallbackChain((member("a", first), member("b", second)))
    for _ in range(3):
        with pytest.raises(Cancelled):
            list(chain.generate(Prompt((Message("user", "Why?"),), cancellation=cancellation)))
    assert (first.asked, second.asked) == (3, 0)
    assert chain.breakers.found("ollama:a") == "closed"
