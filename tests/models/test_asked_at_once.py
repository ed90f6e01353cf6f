"""Who asks the same at the same time: one call, and to each what is theirs."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation, Cancelled
from coaching.models.failures import unavailable
from coaching.models.ports import Fragment, Message, Prompt
from coaching.vocabulary import Usage
from tests.models.caches import DEADLINE, FIRST, PROMPT, WHOLE, Answers, Instance, closed, whose


@pytest.fixture
def instance() -> Iterator[Instance]:
    with ThreadPoolExecutor(32, "answers") as pool:
        yield Instance(pool)


def test_many_make_one_call(instance: Instance) -> None:
    instance.model.gate = threading.Event()
    readers = [replace(PROMPT, affinity=f"c-{number}") for number in range(30)]
    begun = threading.Barrier(31, timeout=DEADLINE)

    def read(prompt: Prompt) -> list[Fragment]:
        answer = instance.cached.generate(prompt)
        first = next(answer)
        begun.wait()
        return [first, *answer]

    with ThreadPoolExecutor(30) as pool:
        reading = [pool.submit(read, prompt) for prompt in readers]
        begun.wait()
        instance.model.gate.set()
        answers = [each.result(DEADLINE) for each in reading]
    assert instance.calls() == 1
    assert {"".join(each.text for each in answer) for answer in answers} == {"Four minutes."}
    assert sorted(answer[-1].usage != Usage() for answer in answers) == [False] * 29 + [True]
    assert sum(not any(each.reused for each in answer) for answer in answers) == 1
    assert instance.reused == [FIRST] * 29
    assert instance.heard() == "Four minutes."
    assert instance.calls() == 1


def test_users_tenants_and_versions_fly_apart(instance: Instance) -> None:
    apart = [whose(user_id=f"user-{number}") for number in range(5)]
    apart += [whose(creator_id="hearth-2"), whose(index_version="index-2"), replace(PROMPT, reuse=None)]
    instance.model.gate = threading.Event()
    begun = threading.Barrier(len(apart) + 1, timeout=DEADLINE)

    def read(prompt: Prompt) -> list[Fragment]:
        answer = instance.cached.generate(prompt)
        first = next(answer)
        begun.wait()
        return [first, *answer]

    with ThreadPoolExecutor(len(apart)) as pool:
        reading = [pool.submit(read, prompt) for prompt in apart]
        begun.wait()
        instance.model.gate.set()
        answers = [each.result(DEADLINE) for each in reading]
    assert instance.calls() == len(apart)
    assert not any(fragment.reused for answer in answers for fragment in answer)


def test_a_leader_that_leaves_leaves_the_answer_to_the_others(instance: Instance) -> None:
    instance.model.gate = threading.Event()
    leader, follower = instance.cached.generate(PROMPT), instance.cached.generate(PROMPT)
    next(leader)
    heard = [next(follower)]
    closed(leader)
    instance.model.gate.set()
    heard += follower
    assert "".join(fragment.text for fragment in heard) == "Four minutes."
    assert (instance.calls(), instance.reused) == (1, [FIRST])
    assert instance.heard() == "Four minutes."
    assert instance.calls() == 1


def test_a_failure_reaches_all_and_the_next_one_asks_again(instance: Instance) -> None:
    instance.model.gate = threading.Event()
    instance.model.steps = (Fragment("Four "), unavailable("overloaded", "Full.", retry_after_seconds=3))
    readers = [instance.cached.generate(PROMPT) for _ in range(3)]
    for reader in readers:
        next(reader)
    instance.model.gate.set()
    for reader in readers:
        with pytest.raises(ModelUnavailable) as failed:
            next(reader)
        assert (failed.value.code, failed.value.retry_after_seconds) == ("overloaded", 3)
    assert instance.calls() == 1
    instance.model.steps = WHOLE
    assert instance.heard() == "Four minutes."


def test_a_hundred_threads_of_four_users_hear_their_own(instance: Instance) -> None:
    """Whoever asks, whenever: the answer is made of the own prompt."""

    class Echo(Answers):
        def generate(self, prompt: Prompt) -> Iterator[Fragment]:
            with self.lock:
                self.prompts.append(prompt)
            assert prompt.reuse
            yield Fragment(f"{prompt.reuse.creator_id} {prompt.reuse.user_id} ")
            yield Fragment(prompt.messages[-1].text)
            yield Fragment("", Usage(1, 1), "stop")

    instance.model = Echo()
    asked = [
        replace(whose(creator_id=f"creator-{number % 2}", user_id=f"user-{number % 4}"), messages=(said,))
        for number in range(400)
        for said in [Message("user", f"question {number % 8}")]
    ]
    with ThreadPoolExecutor(100) as pool:
        heard = list(pool.map(instance.heard, asked))
    assert heard == [
        f"{prompt.reuse.creator_id} {prompt.reuse.user_id} {prompt.messages[-1].text}"
        for prompt in asked
        if prompt.reuse
    ]
    assert instance.calls() == 8


def test_a_reader_that_left_hears_that_it_left(instance: Instance) -> None:
    instance.model.gate = threading.Event()
    reading = instance.cached.generate(PROMPT)
    next(reading)
    gone = replace(PROMPT, cancellation=Cancellation())
    other = instance.cached.generate(gone)
    next(other)
    gone.cancellation.cancel()
    with pytest.raises(Cancelled):
        next(other)
    instance.model.gate.set()
    assert [fragment.text for fragment in reading] == ["minutes.", ""]
