"""What says the same twice steps back."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.diversity import varied
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place, ScoredPassage

STORY = (
    "An ember takes four minutes and a flame takes twenty. You may have two blazes a week at most, because a blaze "
    "burns what you need tomorrow. An ember counts as a whole lit day."
)
OTHER = "After a missed day, light an ember within forty-eight hours. Missed minutes are never repaid."


def ranked(texts: Sequence[str]) -> list[ScoredPassage]:
    return [
        ScoredPassage(
            Passage(PassageId(str(number)), CreatorId("c"), DocumentId("d"), 1, "T", text, Place(), 0, len(text)),
            1 / (number + 1),
        )
        for number, text in enumerate(texts)
    ]


def order(texts: Sequence[str], limit: int = 10) -> list[int]:
    return [int(found.passage.passage_id) for found in varied(ranked(texts), limit)]


def test_a_copy_comes_after_everything_else() -> None:
    assert order([STORY, STORY, OTHER]) == [0, 2, 1]


def test_an_edited_copy_does_too() -> None:
    edited = STORY.replace("four minutes", "five minutes").replace("at most, ", "")
    assert order([STORY, edited, STORY.upper(), OTHER]) == [0, 3, 1, 2]


def test_copies_fill_up_what_nothing_else_does() -> None:
    assert order([STORY, STORY, STORY], limit=2) == [0, 1]


def test_passages_of_one_document_that_overlap_stay_where_they_are() -> None:
    following = f"{STORY[-40:]} {OTHER}"
    assert order([STORY, following]) == [0, 1]


def test_entries_of_one_pattern_stay_where_they_are() -> None:
    entry = "Which anchor is yours in the {}? Choose {} and keep it for fourteen days before you add another."
    texts = [entry.format(*words) for words in (("morning", "a cup"), ("evening", "your keys"), ("night", "a lamp"))]
    assert order(texts) == [0, 1, 2]


@given(
    texts=st.lists(st.sampled_from([STORY, OTHER, f"{STORY} Yes.", "", "One.", "Two words."])), limit=st.integers(0, 9)
)
def test_gives_each_once_and_as_many_as_wanted(texts: list[str], limit: int) -> None:
    found = order(texts, limit)
    assert len(found) == len(set(found)) == min(limit, len(texts))
    assert not texts or not limit or found[0] == 0
