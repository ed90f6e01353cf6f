"""Plain text files."""

from tests.adapters.extraction.samples import block, kinds, read, texts


def test_blank_lines_part_paragraphs() -> None:
    assert texts("One.\n\nTwo.\r\n \r\nThree.", "txt") == ["One.", "Two.", "Three."]


def test_wrapped_lines_are_one_paragraph() -> None:
    wrapped = "This line was wrapped by an editor\nat about thirty-five columns, as one\ncan see.\n"
    assert texts(wrapped, "txt") == ["This line was wrapped by an editor at about thirty-five columns, as one can see."]


def test_lines_that_were_ended_on_purpose_stay_apart() -> None:
    verses = "Put the kettle on\nSit\nBreathe\nWait until it has boiled, and longer"
    assert texts(verses, "txt") == verses.split("\n")


def test_each_line_counts_where_paragraphs_are_not_wrapped() -> None:
    long = "word " * 60
    assert texts(f"A title\nAn author and a date\n\n{long}\n", "txt") == [
        "A title",
        "An author and a date",
        long.strip(),
    ]


def test_list_items_are_blocks_of_their_own() -> None:
    listed = "Bring:\n- a pencil\n  and paper\n* a timer\n1. sit down\n2) begin"
    assert kinds(listed, "txt") == [
        ("paragraph", "Bring:"),
        ("list_item", "a pencil and paper"),
        ("list_item", "a timer"),
        ("list_item", "1. sit down"),
        ("list_item", "2) begin"),
    ]


def test_headings_are_in_capitals_or_underlined() -> None:
    text = "Title\n=====\n\nPart\n----\nWords.\n\nTHE NEXT PART\n\nMore words.\n\nSTOP!\n"
    assert block(text, "txt", "Words.").place.heading == ("Title", "Part")
    assert block(text, "txt", "More words.").place.heading == ("THE NEXT PART",)
    assert block(text, "txt", "STOP!").kind == "paragraph"


def test_the_title_is_the_heading_that_opens_the_file() -> None:
    assert read("THE CARDS\n\nWords.", "txt").title == "THE CARDS"
    assert read("Words.\n\nTHE CARDS", "txt").title is None
