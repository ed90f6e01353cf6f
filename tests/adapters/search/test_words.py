"""How text becomes index terms."""

import pytest

from coaching.adapters.search.words import stem, terms


@pytest.mark.parametrize(
    "forms",
    [
        ("habit", "habits", "habit's"),
        ("coach", "coaching", "coached", "coaches"),
        ("write", "writing", "writes"),
        ("run", "running", "runs"),
        ("study", "studies", "studied", "studying"),
        ("plan", "planned", "planning", "plans"),
        ("goal", "goals"),
        ("agree", "agreed", "agrees"),
        ("practise", "practising", "practised"),
    ],
    ids=lambda forms: forms[0],
)
def test_forms_of_a_word_meet(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("process", "proceed"), ("sing", "sin"), ("focus", "focu"), ("bed", "b"), ("news", "newt")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_drops_case_punctuation_and_stop_words() -> None:
    assert terms("The HABIT, and—why it (really) holds: don't stop!") == ["habit", stem("really"), "hold", "stop"]


def test_keeps_repetitions_in_order() -> None:
    assert terms("walk, rest, walk") == ["walk", "rest", "walk"]


def test_keeps_numbers_and_words_of_other_languages() -> None:
    assert terms("5x5 in 2024: Gewohnheiten täglich, привычки") == [
        "5x5",
        "2024",
        stem("gewohnheiten"),
        "täglich",
        "привычки",
    ]


@pytest.mark.parametrize("text", ["", " \n", "the and of", "?!—", "_"])
def test_finds_no_term_where_there_is_none(text: str) -> None:
    assert terms(text) == []


def test_takes_a_typographic_apostrophe_for_a_plain_one() -> None:
    assert terms("the coach’s plan, don’t") == terms("the coach's plan, don't") == ["coach", "plan"]
