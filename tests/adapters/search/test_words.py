"""How text becomes index terms."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.adapters.search.words import LANGUAGES, Language, analyzer, stem, terms, words

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_makes_the_same_terms_of_the_same_text(language: Language) -> None:
    text = "Gewohnheiten, hábitos, привычки, alışkanlıklar and habits: 5x5!"
    assert analyzer(language).terms(text) == analyzer(language).terms(text)
    assert "5x5" in analyzer(language).terms(text)


@pytest.mark.parametrize(
    ("language", "text", "same"),
    [
        ("german", "Wie halte ich die Gewohnheiten?", "Gewohnheit halten"),
        ("french", "Comment est-ce que je garde mes habitudes ?", "gardé habitude"),
        ("spanish", "¿Cómo mantengo los hábitos?", "hábito mantengo"),
        ("russian", "Как сохранить привычку?", "сохранить привычки"),
        ("turkish", "alışkanlıklar nasıl", "alışkanlık"),
    ],
)
def test_forms_meet_in_other_languages_and_their_stop_words_go(language: Language, text: str, same: str) -> None:
    assert set(analyzer(language).terms(text)) == set(analyzer(language).terms(same))


def test_any_language_is_taken_as_it_stands() -> None:
    assert analyzer("any").terms("The Gewohnheiten, and habits") == ["the", "gewohnheiten", "and", "habits"]


def test_analyzers_have_names_of_their_own() -> None:
    assert len({analyzer(language).name for language in LANGUAGES}) == len(LANGUAGES)
    assert analyzer("english").terms("the habits of coaches") == terms("the habits of coaches")


def test_threads_share_an_analyzer() -> None:
    words = [
        f"{stem}{ending}" for stem in ("gewohn", "übung", "lauf", "schlaf") for ending in ("heiten", "en", "e", "s")
    ]
    expected = [analyzer("german").stem(word) for word in words]
    fresh = analyzer.__wrapped__("german")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.terms(" ".join(words)), range(64), timeout=60))
    assert all(each == expected for each in found)


@given(st.text(alphabet="aBz19 _-.,;'’“”–\n\u00a0éß", max_size=30) | st.text(max_size=30))
def test_plain_texts_are_cut_quickly_into_the_same_words(text: str) -> None:
    assert words(text) == WORD.findall(text.casefold().replace("’", "'"))
