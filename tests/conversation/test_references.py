"""Which sentences can stand alone."""

import pytest

from coaching.conversation.references import leans_on_before
from coaching.conversation.verbs import has_verb


@pytest.mark.parametrize(
    "sentence",
    [
        "It takes four minutes.",
        "This is why I count lit days.",
        "They need not be in a row.",
        "However, rest is fine.",
        "Then light an ember.",
        "If it bothers you, please ring the bell.",
        "The second one leads to an ember.",
        "The same goes for punishments.",
        "Neither are always and never.",
        "As above, write it down.",
        "For example, use the kettle.",
        "During these three days you only do the first move.",
        "Say it once, then stop.",
        "In that case, sleep.",
        "There the fire goes out.",
        "Some of them will laugh.",
        "The cause is too little rest.",
        "With fewer days than that, rest.",
    ],
)
def test_a_sentence_that_points_back_leans_on_the_one_before(sentence: str) -> None:
    assert leans_on_before(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "An ember takes four minutes.",
        "When the weather comes, you take out the card and do what it says.",
        "There is no blaze before week 4.",
        "It is hard to keep a fire in a house where nobody knows of it.",
        "The first move takes less than ten seconds.",
        "People avoid the places where they owe money.",
        "Put the phone away, and leave it there.",
        "If a keeper gives advice, thank them.",
        "Call it a plateau only after three weeks.",
    ],
)
def test_a_sentence_that_names_what_it_means_stands_alone(sentence: str) -> None:
    assert not leans_on_before(sentence)


@pytest.mark.parametrize("line", ["Open the case.", "Small is enough.", "You begin.", "Two dots make one lit day."])
def test_a_sentence_has_a_verb(line: str) -> None:
    assert has_verb(line)


@pytest.mark.parametrize(
    "line", ["A gap of one or two days.", "Milestone 1 at the end of week 3.", "The travel card", "Day 12."]
)
def test_a_label_has_none(line: str) -> None:
    assert not has_verb(line)
