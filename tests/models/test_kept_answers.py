"""Answers in the memory of one instance: bounded in number, size and time, and forgotten when told."""

from concurrent.futures import ThreadPoolExecutor

from coaching.models.kept_answers import KEPT_SECONDS, MOST_CHARACTERS, InstanceKeptAnswers, KeptAnswer
from coaching.models.ports import Reuse
from coaching.models.reuse import AnswerKey
from coaching.vocabulary import CreatorId, UserId

HEARTH, OTHER = CreatorId("hearth"), CreatorId("hearth-2")
ADA, BOB = UserId("ada"), UserId("bob")
ANSWER = KeptAnswer(("An ember ", "is small."), "ollama:llama3:8b")


def key(name: str) -> AnswerKey:
    return AnswerKey(name.encode())


def asked(creator_id: CreatorId = HEARTH, user_id: UserId = ADA, *, shared: bool = False) -> Reuse:
    return Reuse(creator_id, user_id, "index-1", "prompt-1", shared)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_gives_back_what_was_kept() -> None:
    answers = InstanceKeptAnswers()
    assert answers.get(key("a")) is None
    answers.keep(key("a"), asked(), ANSWER)
    assert answers.get(key("a")) == ANSWER
    assert answers.get(key("b")) is None


def test_an_answer_dies_after_its_time_however_often_it_is_used() -> None:
    clock = Clock()
    answers = InstanceKeptAnswers(clock=clock)
    answers.keep(key("a"), asked(), ANSWER)
    for _ in range(10):
        clock.now += KEPT_SECONDS / 10 - 1
        assert answers.get(key("a")) == ANSWER
    clock.now += 10
    assert answers.get(key("a")) is None


def test_what_is_over_leaves_the_memory_though_nobody_asks_for_it() -> None:
    clock = Clock()
    answers = InstanceKeptAnswers(clock=clock)
    answers.keep(key("a"), asked(), ANSWER)
    clock.now += KEPT_SECONDS
    answers.get(key("b"))
    assert len(answers) == 0


def test_the_least_used_goes_where_there_are_too_many() -> None:
    answers = InstanceKeptAnswers(most=2)
    answers.keep(key("a"), asked(), ANSWER)
    answers.keep(key("b"), asked(), ANSWER)
    answers.get(key("a"))
    answers.keep(key("c"), asked(), ANSWER)
    assert [bool(answers.get(key(name))) for name in "abc"] == [True, False, True]


def test_an_answer_that_is_too_long_is_not_kept() -> None:
    answers = InstanceKeptAnswers()
    answers.keep(key("a"), asked(), KeptAnswer(("x" * MOST_CHARACTERS, "y"), "m"))
    assert answers.get(key("a")) is None


def test_forgets_what_a_user_asked_shared_or_not_and_nothing_else() -> None:
    answers = InstanceKeptAnswers()
    answers.keep(key("mine"), asked(), ANSWER)
    answers.keep(key("shared"), asked(shared=True), ANSWER)
    answers.keep(key("bob's"), asked(user_id=BOB), ANSWER)
    answers.keep(key("elsewhere"), asked(OTHER), ANSWER)
    answers.forget(HEARTH, ADA)
    found = [name for name in ("mine", "shared", "bob's", "elsewhere") if answers.get(key(name))]
    assert found == ["bob's", "elsewhere"]


def test_forgets_all_of_a_creator() -> None:
    answers = InstanceKeptAnswers()
    answers.keep(key("a"), asked(), ANSWER)
    answers.keep(key("b"), asked(user_id=BOB), ANSWER)
    answers.keep(key("c"), asked(OTHER), ANSWER)
    answers.forget(HEARTH)
    assert [bool(answers.get(key(name))) for name in "abc"] == [False, False, True]


def test_many_threads_at_once_break_nothing() -> None:
    answers = InstanceKeptAnswers(most=10)

    def use(number: int) -> None:
        for step in range(200):
            name = f"{(number + step) % 30}"
            kept = answers.get(key(name))
            assert kept is None or kept.model == name
            answers.keep(key(name), asked(), KeptAnswer(("x",), name))
            if step % 50 == 0:
                answers.forget(OTHER)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(use, range(16)))
    assert len(answers) == 10
