"""Messages that mean something only together with the one before, and what kind of answer a question waits for."""

import pytest

from coaching.conversation.asking import form_of_answer
from coaching.conversation.follow_up import is_follow_up
from coaching.conversation.wording import accepted, mistyped, stems


@pytest.mark.parametrize("message", ["Why?", "And on Sundays?", "Tell me more", "What about flames?", "Is it hard?"])
def test_a_short_message_that_points_back_is_a_follow_up(message: str) -> None:
    assert is_follow_up(message)


@pytest.mark.parametrize(
    "message",
    [
        "How long is an ember?",
        "Thanks, that helped!",
        "I feel stuck",
        "I did it today",
        "And so " + "my week went " * 5,
    ],
)
def test_a_message_that_says_what_it_is_about_is_not(message: str) -> None:
    assert not is_follow_up(message)


@pytest.mark.parametrize(
    ("question", "answer", "no_answer"),
    [
        ("How many blazes may I do?", "You may have two blazes a week.", "Wait for two weeks."),
        ("How long is an ember?", "An ember takes four minutes.", "An ember is small."),
        ("When do I come back?", "Light an ember within two days.", "Light an ember."),
        ("How often does it meet?", "It meets every second week.", "It meets at home."),
        ("What is a draught?", "The draught is what lets the warmth out.", "Close the door to stop a draught."),
    ],
)
def test_an_answer_has_the_form_that_the_question_asks_for(question: str, answer: str, no_answer: str) -> None:
    fits = form_of_answer(question)
    assert fits(answer) > fits(no_answer)


def test_a_question_without_such_a_form_fits_every_sentence_alike() -> None:
    fits = form_of_answer("Should I rest?")
    assert fits("Rest for two days.") == fits("Rest.") == 0.0


def test_a_word_meets_itself_best_then_its_misspelling_then_its_like() -> None:
    known = {"anchor", "miss", "practis"}
    assert accepted("anchor", known) == {"anchor": 1.0}
    assert 1.0 > accepted("ancor", known)["anchor"] > accepted("skip", known)["miss"] > 0
    assert accepted("xylophon", known) == {}


def test_short_words_are_never_taken_for_misspelled() -> None:
    assert mistyped("cat", {"car", "cut"}) == []


def test_expressions_of_several_words_are_one_word() -> None:
    assert stems("I want to give up") & stems("Never quit")
