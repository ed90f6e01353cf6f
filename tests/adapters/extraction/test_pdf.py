"""PDF files."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from coaching.knowledge.clean import clean
from tests.adapters.extraction.samples import INVISIBLE, block, kinds, lines_page, made_pdf, read, refusal, texts

NAMES = ("one", "two", "three", "four")
PARAGRAPHS = lines_page(
    "This is the first paragraph of a page, and its lines are",
    "filled as far as they go, so that nobody would take the",
    "last one for a part of the next.",
    "",
    "This is the second paragraph, which is filled in the way",
    "that the first one was.",
)


def picture(canvas: Canvas) -> None:
    canvas.drawInlineImage(image(), 0, 0, 400, 500)


def image() -> object:
    from PIL import Image

    return Image.new("L", (40, 50), 200)


def test_lines_are_joined_to_paragraphs_and_pages_are_counted_from_one() -> None:
    data = made_pdf(PARAGRAPHS, lines_page("A second page."))
    assert [(found.place.page, found.text.count("\n")) for found in read(data, "pdf").blocks] == [
        (1, 2),
        (1, 1),
        (2, 0),
    ]
    assert texts(data, "pdf")[1] == "This is the second paragraph, which is filled in the way that the first one was."


def test_a_line_that_ends_early_ends_its_paragraph() -> None:
    data = made_pdf(
        lines_page(
            "This line goes all the way to the right edge of the page.",
            "This one ends early.",
            "The next one begins here and goes all the way to the right,",
            "and then on.",
        )
    )
    assert len(texts(data, "pdf")) == 2


def test_larger_lines_are_headings_with_their_levels() -> None:
    def draw(canvas: Canvas) -> None:
        lines_page("The method", size=22, top=540)(canvas)
        lines_page("Part one", size=15, top=510)(canvas)
        lines_page("Words of the body that are longer than the headings.", top=490)(canvas)

    data = made_pdf(draw)
    assert [kind for kind, _ in kinds(data, "pdf")] == ["heading", "heading", "paragraph"]
    assert block(data, "pdf", "Words").place.heading == ("The method", "Part one")


def test_list_items_are_blocks_without_their_bullets() -> None:
    data = made_pdf(
        lines_page(
            "Bring these things, all of which are cheap and small:",
            "\u2022 a pencil that is long enough to be held for an hour",
            "without any pain",
            "\u2022 a timer",
            "1. First sit down.",
            "2. Then begin.",
        )
    )
    assert kinds(data, "pdf")[1:] == [
        ("list_item", "a pencil that is long enough to be held for an hour without any pain"),
        ("list_item", "a timer"),
        ("list_item", "1. First sit down."),
        ("list_item", "2. Then begin."),
    ]


def test_a_number_that_wraps_to_a_line_start_is_no_list_item() -> None:
    data = made_pdf(
        lines_page("You may change the goal once, at the end of exactly week", "3. After that it is what it is.")
    )
    assert texts(data, "pdf") == [
        "You may change the goal once, at the end of exactly week 3. After that it is what it is."
    ]


def test_table_rows_have_bars_between_their_cells() -> None:
    def draw(canvas: Canvas) -> None:
        for row, cells in enumerate([("Size", "Minutes"), ("Ember", "4"), ("Flame", "20")]):
            for column, cell in enumerate(cells):
                canvas.drawString(50 + 150 * column, 400 - 20 * row, cell)

    assert kinds(made_pdf(draw), "pdf") == [
        ("table", "Size | Minutes"),
        ("table", "Ember | 4"),
        ("table", "Flame | 20"),
    ]


def test_a_word_torn_at_a_line_end_is_whole_after_cleaning() -> None:
    data = made_pdf(lines_page("A picture says how things look, but a good exam-", "ple says how they work."))
    assert clean(read(data, "pdf").blocks)[0].text == (
        "A picture says how things look, but a good example says how they work."
    )


def test_running_lines_are_gone_after_cleaning() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(50, 570, "Orla Fennimore")
            canvas.drawRightString(370, 570, f"Page {number}")
            lines_page(f"These are the words of page {NAMES[number]}.")(canvas)
            canvas.drawString(200, 20, str(number))

        return draw

    found = clean(read(made_pdf(*(page(number) for number in range(4))), "pdf").blocks)
    assert [block.text for block in found] == [f"These are the words of page {name}." for name in NAMES]


def test_the_title_is_the_files_own_unless_it_says_nothing() -> None:
    assert read(made_pdf(PARAGRAPHS, title="The season planner"), "pdf").title == "The season planner"
    assert read(made_pdf(PARAGRAPHS), "pdf").title is None
    assert read(made_pdf(PARAGRAPHS, title="planner_v3.docx"), "pdf").title is None


def test_text_that_is_not_seen_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        lines_page("Shown.")(canvas)
        lines_page("secret, drawn invisibly", top=450, mode=INVISIBLE)(canvas)
        canvas.drawString(-500, 300, "secret, beside the page")
        canvas.setFillColor(Color(0, 0, 0, alpha=0))
        canvas.drawString(50, 300, "secret, transparent")

    assert texts(made_pdf(draw), "pdf") == ["Shown."]


def test_text_recognised_under_a_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        lines_page("Recognised words.", mode=INVISIBLE)(canvas)

    assert texts(made_pdf(draw), "pdf") == ["Recognised words."]
    assert refusal(made_pdf(lines_page("secret", mode=INVISIBLE)), "pdf").code == "no_text"


def test_a_protected_file_is_refused() -> None:
    error = refusal(made_pdf(PARAGRAPHS, password="secret"), "pdf")
    assert (error.code, "password" in error.message) == ("encrypted", True)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_corrupt(share: float) -> None:
    data = made_pdf(PARAGRAPHS, PARAGRAPHS)
    assert refusal(data[: int(share * len(data))], "pdf").code == "corrupt"


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnonsense\nstartxref\n0\n%%EOF", b"nothing like a pdf", b"%PDF-"])
def test_a_file_that_cannot_be_opened_is_corrupt(data: bytes) -> None:
    assert refusal(data, "pdf").code == "corrupt"


def test_a_book_of_2000_pages_is_read_to_its_last_page() -> None:
    data = made_pdf(*[lines_page("The words of one page of a long book.")] * 1_999, lines_page("The end."))
    assert len(data) < 25 * 1024 * 1024
    found = read(data, "pdf").blocks
    assert (len(found), found[-1].text, found[-1].place.page) == (2_000, "The end.", 2_000)


def test_a_file_that_takes_too_long_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.adapters.extraction.pdf._READING_SECONDS", 0.0)
    error = refusal(made_pdf(PARAGRAPHS, PARAGRAPHS), "pdf")
    assert error.code == "too_large"
    assert "only 1 pages" in error.message


def test_bold_lines_are_headings_below_those_that_are_larger() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(50, 520, "The method")
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(50, 490, "How to begin")
        lines_page("Words of the body, of which there are more than of any other.", top=476)(canvas)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(50, 462, "Bold words that make a sentence are none.")

    data = made_pdf(draw)
    assert [kind for kind, _ in kinds(data, "pdf")] == ["heading", "heading", "paragraph"]
    assert block(data, "pdf", "Words of").place.heading == ("The method", "How to begin")


def test_a_lead_paragraph_in_larger_type_heads_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        lines_page("A lead paragraph is set in larger type but is a sentence all the same.", size=14)(canvas)
        lines_page(*["Words of the body, of which there are more than of any other."] * 3, top=450)(canvas)

    assert {kind for kind, _ in kinds(made_pdf(draw), "pdf")} == {"paragraph"}


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.adapters.extraction.pdf.MOST_PAGES", 2)
    error = refusal(made_pdf(*[PARAGRAPHS] * 3), "pdf")
    assert error.code == "too_many_pages"
    assert "3 pages" in error.message


def test_typographic_characters_survive() -> None:
    assert texts(made_pdf(lines_page("Größe, naïve, “quoted” – and so on…")), "pdf") == [
        "Größe, naïve, “quoted” – and so on…"
    ]


def test_files_may_be_read_at_the_same_time() -> None:
    data = made_pdf(*[PARAGRAPHS] * 5)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(texts(data, "pdf")), range(24)))
    assert found == [10] * 24
