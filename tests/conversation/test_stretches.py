"""A reply quotes sentences that stand together, from one place to three."""

from dataclasses import replace

from coaching.conversation.candidates import candidates
from coaching.conversation.composer import MOST_SENTENCES
from coaching.conversation.stretches import CLOSE, LENGTHS, Stretch, in_reading_order
from tests.conversation.conftest import chosen, found

KINDLING = (
    "A lamp needs oil and a wick. Kindling is what you lay out the night before. Kindling takes ninety seconds. "
    "Put the tool out, open the page and write down the first move. Do not lay it out in the morning."
)
GUESTS = "Tell your guests when you practise. Guests respect a closed door. Offer them tea when you come out again."
REVIEW = (
    "The review has two questions.\n\nWhat did you do? Count the days and write the number down.\n\n"
    "What got in the way? Name facts and places."
)


def test_sentences_come_with_their_neighbours_as_they_stand() -> None:
    first = chosen("What is kindling?", KINDLING, GUESTS)[0]
    assert 1 < len(first.sentences) <= LENGTHS[0]
    assert first.text in KINDLING


def test_a_definition_is_among_what_is_quoted_for_who_asks_what_it_is() -> None:
    for question in ("What is kindling?", "What do you mean by kindling?"):
        assert "Kindling is what you lay out" in chosen(question, GUESTS, KINDLING)[0].text


def test_who_asks_whether_they_may_gets_the_rule() -> None:
    assert "Do not lay it out" in " ".join(
        stretch.text for stretch in chosen("Can I lay out the kindling in the morning?", KINDLING, GUESTS)
    )


def test_who_asks_how_long_gets_the_time() -> None:
    assert "ninety seconds" in chosen("How long does the kindling take?", KINDLING, GUESTS)[0].text


def test_a_second_place_that_has_nothing_of_the_question_is_left_out() -> None:
    assert len(chosen("What is kindling?", KINDLING, GUESTS)) <= len(LENGTHS)
    assert all("uests" not in stretch.text for stretch in chosen("What is kindling?", KINDLING, GUESTS))


def test_never_more_sentences_than_asked_for() -> None:
    for most in range(1, MOST_SENTENCES + 1):
        stretch = chosen("How do guests respect kindling?", KINDLING, GUESTS, most=most)
        assert sum(len(each.sentences) for each in stretch) <= most


def test_a_question_that_a_paragraph_begins_with_is_quoted_with_its_answer() -> None:
    text = chosen("What are the questions of the review?", REVIEW)[0].text
    assert "What did you do? Count the days and write the number down." in text


def test_the_best_place_is_read_first_unless_another_stands_right_before_it() -> None:
    passage = replace(found(KINDLING).passage, start=2 * CLOSE)
    (candidate, *_) = candidates([replace(found(KINDLING), passage=passage)], "Orla Fennimore")
    near = Stretch(candidate, candidate.quotable.parts, 0.5)

    def earlier(characters: int) -> Stretch:
        moved = replace(passage, start=passage.start - characters)
        return replace(near, candidate=replace(candidate, found=replace(candidate.found, passage=moved)))

    before, far = earlier(10), earlier(CLOSE + 1)
    assert in_reading_order([near, before]) == [before, near]
    assert in_reading_order([near, far]) == [near, far]
    assert in_reading_order([]) == []
