"""Lists, tables and talks: what of them can be quoted, always as it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.conversation.candidates import Candidate, candidates
from coaching.conversation.composer import MOST_SENTENCES
from coaching.conversation.verbs import has_verb
from coaching.vocabulary import Place
from tests.conversation.conftest import NOWHERE, chosen, found

TALK = Place(start_seconds=3.0)
KINDLING = (
    "Kindling takes ninety seconds and has three parts:\n\nThe tool comes out: the case open, the pen uncapped.\n\n"
    "The page is open at the exact place.\n\nThe next spark lies on top.\n\n"
    "Tie it to something in the evening. I tie mine to the light."
)
REVIEW = (
    "The review has three questions, always in the same order. Give each of them three minutes.\n\n"
    "What did I light? Count the lit days.\n\nWhat got in the way? Name facts and places.\n\n"
    "What got a little better? Find one thing.\n\nThe last minutes are for the message to your keeper."
)
TABLE = (
    "I use this table.\n\nLit days | What it means | What to do\n\n6 or 7 | Strong | Plan one rest day\n\n"
    "5 | On target | Change nothing big. One change at most\n\n0 | Life was elsewhere | Write a reset note\n\n"
    "Look at two weeks first."
)


def quotables(text: str, place: Place = NOWHERE) -> list[Candidate]:
    return candidates([found(text, place=place)], "Orla Fennimore")


def quoted(text: str, place: Place = NOWHERE) -> list[str]:
    return [candidate.quotable.text for candidate in quotables(text, place)]


def answer(message: str, *texts: str) -> list[str]:
    return [sentence.text for stretch in chosen(message, *texts) for sentence in stretch.sentences]


class TestLists:
    def test_an_introduction_comes_with_its_items_each_a_sentence_of_its_own(self) -> None:
        (listed,) = [each for each in quotables(KINDLING) if each.quotable.is_list]
        assert [part.text for part in listed.quotable.parts] == KINDLING.split("\n\n")[:4]

    def test_questions_that_were_announced_are_a_list(self) -> None:
        (listed,) = [each for each in quotables(REVIEW) if each.quotable.is_list]
        assert [part.text[:14] for part in listed.quotable.parts] == [
            "The review has", "What did I lig", "What got in th", "What got a lit"
        ]  # fmt: skip

    def test_who_asks_for_the_list_gets_all_of_it(self) -> None:
        assert answer("How long does kindling take?", REVIEW, KINDLING)[:4] == KINDLING.split("\n\n")[:4]
        assert "What got a little better? Find one thing." in answer("What are the review questions?", KINDLING, REVIEW)

    def test_a_list_is_never_cut(self) -> None:
        for message in ("What are the parts of the kindling?", "What is the tool?", "Where is the spark?"):
            sentences = answer(message, KINDLING)
            assert len(sentences) <= MOST_SENTENCES
            if KINDLING.split("\n\n")[0] in sentences:
                assert set(KINDLING.split("\n\n")[:4]) <= set(sentences)

    def test_a_counted_list_that_is_not_there_whole_is_not_quoted(self) -> None:
        assert not any(each.quotable.is_list for each in quotables("Banking has three steps:\n\nDo one thing well."))

    def test_a_short_item_that_says_something_needs_no_full_stop(self) -> None:
        assert "Mark the log card" in quoted("In the evening:\n\n- Mark the log card\n- a pencil")
        assert "a pencil" not in quoted("In the evening:\n\n- Mark the log card\n- a pencil")


class TestTables:
    def test_a_row_is_quoted_behind_the_head_of_its_table(self) -> None:
        head, row = "Lit days | What it means | What to do", "5 | On target | Change nothing big. One change at most"
        assert f"{head} {row}" in quoted(TABLE)
        assert head not in quoted(TABLE)

    def test_who_asks_for_a_row_gets_it(self) -> None:
        assert any(text.startswith("0 | Life") for text in answer("What do I do after a week with 0 lit days?", TABLE))

    def test_a_row_without_a_head_stands_alone(self) -> None:
        assert "2 | Embers only" in quoted("1 | Laying the fire\n\n2 | Embers only")

    def test_a_row_may_have_bars_at_its_ends_and_a_rule_is_no_row(self) -> None:
        text = "| Size | Time |\n|---|---|\n| Ember | 4 minutes |"
        assert quoted(text) == ["| Size | Time | | Ember | 4 minutes |"]


class TestTalks:
    @pytest.mark.parametrize(
        "said",
        [
            "Congratulations, Tomos, boredom means that the beginning is over.",
            "Thank you for saying that, Ravi.",
            "You say that you have stopped four times, and I say that you came back.",
            "Good evening, I want to begin with a confession.",
            "Ravi, you can begin again today.",
            "I would begin again, Anna.",
        ],
    )
    def test_what_is_said_to_somebody_in_the_room_is_left_out(self, said: str) -> None:
        text = f"Ravi: I stopped.\n\nOrla: {said} Light an ember on the next day."
        assert quoted(text, TALK) == ["Light an ember on the next day."]

    def test_what_is_said_to_everybody_stays(self) -> None:
        said = "I practise on Monday, Tuesday, and Friday, and you can begin on Sunday."
        assert quoted(f"Orla: {said}", TALK) == [said]


class TestTitles:
    def test_a_very_short_paragraph_is_a_title_although_it_has_a_full_stop(self) -> None:
        text = "You practise too hard.\n\nPut the tool down and shake out both hands."
        (candidate,) = quotables(text)
        assert candidate.quotable.text == "Put the tool down and shake out both hands."
        assert candidate.quotable.over == ("You practise too hard.",)

    def test_a_run_in_heading_is_not_quoted_without_its_sentence(self) -> None:
        text = "You practise too hard. Your jaw will tell you. Put the tool down at once."
        assert quoted(text)[0] == "You practise too hard. Your jaw will tell you."


def test_verbs_of_one_creators_subject_are_not_in_the_list_and_common_ones_are() -> None:
    assert not any(has_verb(f"Guests {verb} embers.") for verb in ("bank", "kindle", "bow", "stoke"))
    assert all(has_verb(f"Guests {verb} more.") for verb in ("need", "improve", "focus", "share"))


@settings(deadline=None)
@given(st.lists(st.sampled_from([KINDLING, REVIEW, TABLE, "a | b", "\n", "\n\n", "Two things:", "- x y z", "| |"])))
def test_every_part_stands_in_the_text_as_it_is_quoted(parts: list[str]) -> None:
    text = "\n".join(parts)
    for place in (NOWHERE, TALK):
        for candidate in quotables(text, place):
            for part in candidate.quotable.parts:
                assert text[part.start : part.end] == part.text
