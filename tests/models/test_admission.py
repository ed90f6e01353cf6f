import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from coaching.errors import ModelUnavailable
from coaching.models.admission import Admission, Room, Urgency

LONG = 30.0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "It did not happen"
        time.sleep(0.002)


class Asker:
    """Takes a turn in a thread of its own and keeps it until told to go."""

    def __init__(self, admission: Admission, order: list[str], name: str, urgency: Urgency) -> None:
        self._admission, self._order, self._name, self._urgency = admission, order, name, urgency
        self._go = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        with self._admission.turn("node", self._urgency, LONG):
            self._order.append(self._name)
            self._go.wait(LONG)

    def leave(self) -> None:
        self._go.set()

    def join(self) -> None:
        self._thread.join(LONG)
        assert not self._thread.is_alive()


@contextmanager
def busy(admission: Admission, turns: int, urgency: Urgency = "interactive") -> Iterator[ExitStack]:
    with ExitStack() as held:
        for _ in range(turns):
            held.enter_context(admission.turn("node", urgency, 0))
        yield held


def test_as_many_run_at_once_as_a_node_serves_and_each_node_counts_for_itself() -> None:
    admission = Admission(Room(at_once=2))
    with busy(admission, 2):
        assert admission.busy("node") == (2, 0)
        with admission.turn("another", "interactive", 0):
            assert admission.busy("another") == (1, 0)
        with pytest.raises(ModelUnavailable) as refused, admission.turn("node", "interactive", 0):
            pass
    assert refused.value.code == "overloaded"
    assert admission.busy("node") == (0, 0)


def test_who_waits_longest_goes_first_and_interactive_ones_before_background_work() -> None:
    admission, order = Admission(Room(at_once=1)), list[str]()
    askers: list[Asker] = []
    urgencies: list[tuple[str, Urgency]] = [
        ("nudge", "background"),
        ("first", "interactive"),
        ("second", "interactive"),
    ]
    with busy(admission, 1):
        for waiting, (name, urgency) in enumerate(urgencies, 1):
            askers.append(Asker(admission, order, name, urgency))
            until(lambda waiting=waiting: admission.busy("node") == (1, waiting))  # type: ignore[misc]
    for asker in askers:
        asker.leave()
    for asker in askers:
        asker.join()
    assert order == ["first", "second", "nudge"]


def test_background_work_leaves_turns_free_for_those_who_wait_in_person() -> None:
    admission = Admission(Room(at_once=4, background_share=0.5))
    with busy(admission, 2, "background"):
        with pytest.raises(ModelUnavailable), admission.turn("node", "background", 0):
            pass
        with busy(admission, 2):
            assert admission.busy("node") == (4, 0)


def test_background_work_gets_a_turn_even_where_there_is_only_one() -> None:
    with Admission(Room(at_once=1, background_share=0.1)).turn("node", "background", 0):
        pass


def test_a_full_line_refuses_at_once_and_says_when_to_come_again() -> None:
    admission, order = Admission(Room(at_once=1, waiting=2)), list[str]()
    with busy(admission, 1):
        askers = [Asker(admission, order, str(number), "interactive") for number in range(2)]
        until(lambda: admission.busy("node") == (1, 2))
        with pytest.raises(ModelUnavailable) as refused, admission.turn("node", "interactive", LONG):
            pass
        assert refused.value.code == "overloaded"
        # Each of those so far took about five seconds, as far as is known, and there are three before and with it.
        assert refused.value.retry_after_seconds == 15
    for asker in askers:
        asker.leave()
        asker.join()
    assert len(order) == 2


def test_background_work_fills_only_its_part_of_the_line() -> None:
    admission, order = Admission(Room(at_once=1, waiting=2, background_share=0.5)), list[str]()
    with busy(admission, 1):
        waiting = Asker(admission, order, "nudge", "background")
        until(lambda: admission.busy("node") == (1, 1))
        with pytest.raises(ModelUnavailable), admission.turn("node", "background", LONG):
            pass
        in_person = Asker(admission, order, "question", "interactive")
        until(lambda: admission.busy("node") == (1, 2))
    for asker in (waiting, in_person):
        asker.leave()
    for asker in (waiting, in_person):
        asker.join()
    assert order == ["question", "nudge"]


def test_the_lines_of_all_nodes_together_are_bounded() -> None:
    admission, order = Admission(Room(at_once=1, waiting=5, waiting_in_all=1)), list[str]()
    with busy(admission, 1), admission.turn("another", "interactive", 0):
        waiting = Asker(admission, order, "one", "interactive")
        until(lambda: admission.busy("node") == (1, 1))
        with pytest.raises(ModelUnavailable), admission.turn("another", "interactive", LONG):
            pass
    waiting.leave()
    waiting.join()


def test_the_time_to_come_again_follows_how_long_answers_take_but_is_never_more_than_a_minute() -> None:
    now = 0.0
    admission = Admission(Room(at_once=1), clock=lambda: now)
    for _ in range(50):
        with admission.turn("node", "interactive", 0):
            now += 1_000.0
    with (
        admission.turn("node", "interactive", 0),
        pytest.raises(ModelUnavailable) as refused,
        admission.turn("node", "interactive", 0),
    ):
        pass
    assert refused.value.retry_after_seconds == 60


def test_a_turn_is_given_back_when_what_was_done_in_it_fails() -> None:
    admission = Admission(Room(at_once=1))
    for _ in range(3):
        with pytest.raises(RuntimeError), admission.turn("node", "interactive", 0):
            raise RuntimeError
    assert admission.busy("node") == (0, 0)
