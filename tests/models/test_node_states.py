"""What is remembered of a model's nodes."""

import pytest

from coaching.models.node_states import ColdNodes, FirstWords, RestingNodes


class Now:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def resting(now: Now) -> RestingNodes:
    return RestingNodes(10.0, 40.0, clock=now)


def test_a_node_that_failed_is_tried_after_all_others(resting: RestingNodes, now: Now) -> None:
    resting.failed("a")
    assert resting.last(["a", "b", "c"]) == ["b", "c", "a"]
    now.seconds += 11
    assert resting.last(["a", "b", "c"]) == ["a", "b", "c"]


def test_one_request_tries_it_when_it_has_rested(resting: RestingNodes, now: Now) -> None:
    resting.failed("a")
    now.seconds += 11
    assert resting.last(["b", "a"]) == ["b", "a"]
    assert [resting.last(["a", "b"])[0] for _ in range(3)] == ["a", "b", "b"]
    now.seconds += 11  # Nothing was heard of that one.
    assert resting.last(["a", "b"]) == ["a", "b"]


def test_it_rests_longer_each_time_that_it_fails_again(resting: RestingNodes, now: Now) -> None:
    for rests in (10, 20, 40, 40):
        resting.last(["a", "b"])
        resting.failed("a")
        now.seconds += rests - 1
        assert resting.last(["a", "b"]) == ["b", "a"]
        now.seconds += 2


def test_those_that_fail_together_count_once(resting: RestingNodes, now: Now) -> None:
    for _ in range(10):
        resting.failed("a")
    now.seconds += 11
    assert resting.last(["a", "b"]) == ["a", "b"]


def test_one_that_answers_is_as_good_as_any(resting: RestingNodes, now: Now) -> None:
    resting.failed("a")
    resting.answered("a")
    assert not resting.resting("a")
    assert [resting.last(["a", "b"])[0] for _ in range(3)] == ["a", "a", "a"]


def test_a_failure_of_long_ago_is_forgotten(resting: RestingNodes, now: Now) -> None:
    resting.failed("a")
    now.seconds += 100
    resting.last(["b"])
    resting.failed("a")
    now.seconds += 11
    assert resting.last(["a", "b"]) == ["a", "b"]


def test_the_patience_with_a_node_grows_with_what_the_others_take() -> None:
    first_words = FirstWords(least=2.0, unknown=10.0)
    assert first_words.patience() == 10.0
    first_words.took(0.01)
    assert first_words.patience() == 2.0
    first_words.took(3.0)
    assert first_words.patience() == 12.0
    for _ in range(20):
        first_words.took(1.0)
    assert first_words.patience() == 4.0


def test_a_model_is_cold_while_all_its_nodes_said_so_lately(now: Now) -> None:
    cold = ColdNodes(5.0, clock=now)
    assert not cold.all()
    cold.found(("a", "b"))
    cold.loading("a")
    assert not cold.all()
    cold.loading("b")
    assert cold.all()
    cold.answered("a")
    assert not cold.all()
    cold.found(("b",))
    assert cold.all()
    now.seconds += 6
    assert not cold.all()
