"""CSV files."""

import pytest

from tests.adapters.extraction.samples import kinds, refusal, texts


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_row_says_what_its_values_are(delimiter: str) -> None:
    rows = ["Exercise,Minutes,Why", "Plank,2,It holds everything together.", "Squat,10,"]
    assert texts("\r\n".join(rows).replace(",", delimiter), "csv") == [
        "Exercise | Minutes | Why",
        "Exercise: Plank | Minutes: 2 | Why: It holds everything together.",
        "Exercise: Squat | Minutes: 10",
    ]


def test_quoted_fields_may_hold_delimiters_and_line_ends() -> None:
    data = 'Question,Answer\n"How long, then?","Twenty\nminutes. No more."\n'
    assert texts(data, "csv") == ["Question | Answer", "Question: How long, then? | Answer: Twenty minutes. No more."]


def test_a_list_of_texts_is_a_list_of_paragraphs() -> None:
    assert kinds("One thing.\nAnother thing.\n", "csv") == [
        ("paragraph", "One thing."),
        ("paragraph", "Another thing."),
    ]


def test_rows_without_names_above_them_stay_as_they_are() -> None:
    assert texts("1,2\n3,4\n", "csv") == ["1 | 2", "3 | 4"]
    assert texts("Squat,Legs\nPlank,Core\n", "csv") == ["Squat | Legs", "Plank | Core"]


def test_rows_of_any_length_are_read_whole() -> None:
    assert texts("a,b\n1,2,3\n,5\n", "csv") == ["a | b", "a: 1 | b: 2 | 3", "b: 5"]


def test_a_quote_that_is_never_closed_is_corrupt() -> None:
    assert refusal('a,b\n"' + "x" * 200_000, "csv").code == "corrupt"
