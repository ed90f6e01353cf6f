"""Which words of the creator's a sentence stands on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.conversation.citations import Citer
from coaching.conversation.markers import without_markers
from coaching.conversation.sentences import sentences
from coaching.safety.groundedness import Evidence
from tests.conversation.conftest import GUILT, MISSED, SIZES, found

EVIDENCE = Evidence.of([found(SIZES, 1), found(MISSED, 2), found(GUILT, 3)])


def test_a_sentence_is_tied_to_the_passage_sentence_that_supports_it_best() -> None:
    citation = Citer(EVIDENCE).support(
        "You never have to repay minutes that you missed: missed minutes are never repaid."
    )
    assert citation is not None
    assert (citation.quote, citation.document_id) == ("Missed minutes are never repaid.", "document-2")


def test_markers_count_by_first_use_and_one_quote_has_one_marker() -> None:
    citer = Citer(EVIDENCE)
    said = ["Missed minutes are never repaid.", "An ember takes four minutes.", "Missed minutes are never repaid!"]
    assert [citation.marker for each in said if (citation := citer.support(each))] == [1, 2, 1]


@pytest.mark.parametrize("sentence", ["Penguins live in the south.", "Well done!", "", "???"])
def test_what_no_passage_says_is_not_cited(sentence: str) -> None:
    assert Citer(EVIDENCE).support(sentence) is None


@settings(deadline=None)
@given(st.text(max_size=120), st.sampled_from([SIZES, MISSED, GUILT]))
def test_every_quote_stands_verbatim_in_its_passage(noise: str, text: str) -> None:
    citer = Citer(Evidence.of([found(f"{noise}\n\n{text}", 1)]))
    for sentence in sentences(text):
        citation = citer.support(sentence.text)
        assert citation is None or citation.quote in f"{noise}\n\n{text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rest. [1]", "Rest."),
        ("Rest [2, 3].", "Rest."),
        ("Rest [Source 2].", "Rest."),
        ("Rest [source #4]", "Rest"),
        ("Rest [today].", "Rest [today]."),
    ],
)
def test_markers_of_others_are_taken_out(text: str, expected: str) -> None:
    assert without_markers(text) == expected
