"""PDF pages set in columns."""

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.adapters.extraction.samples import kinds, made_pdf, texts

LEFT = """This is the left column and its
lines are about as wide as it
is, so that they read as running
text. It goes on for a few more
lines, because a page in columns
has more than a handful of them.""".splitlines()
RIGHT = """Here begins the right one, which
is read after the left one, not
row by row across the page. Its
text too is long enough to fill
most of its width on every line
until the end of this column.""".splitlines()


def write(canvas: Canvas, x: float, row: int, line: str) -> None:
    canvas.setFont("Helvetica", 9)
    canvas.drawString(x, 450 - 11 * row, line)


def by_rows(canvas: Canvas) -> None:
    for row, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        write(canvas, 40, row, left)
        write(canvas, 220, row, right)


def by_columns(canvas: Canvas) -> None:
    for x, column in ((40, LEFT), (220, RIGHT)):
        for row, line in enumerate(column):
            write(canvas, x, row, line)


@pytest.mark.parametrize("draw", [by_rows, by_columns])
def test_columns_are_read_one_after_the_other(draw: Callable[[Canvas], None]) -> None:
    assert texts(made_pdf(draw), "pdf") == [" ".join(LEFT), " ".join(RIGHT)]


def test_a_heading_across_the_columns_is_read_where_it_stands() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(40, 480, "A heading over both columns")
        by_rows(canvas)

    assert kinds(made_pdf(draw), "pdf") == [
        ("heading", "A heading over both columns"),
        ("paragraph", " ".join(LEFT)),
        ("paragraph", " ".join(RIGHT)),
    ]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [
        [f"{name if row == 'a' else 'this'} column line {row}" for row in "abcdef"]
        for name in ("First", "Second", "Third")
    ]

    def draw(canvas: Canvas) -> None:
        for row in range(6):
            for x, column in zip((20, 150, 280), columns, strict=True):
                write(canvas, x, row, column[row])

    assert texts(made_pdf(draw), "pdf") == [" ".join(column) for column in columns]


def test_a_table_stays_a_table() -> None:
    rows = [("Monday", "a short walk"), ("Tuesday", "stretching"), ("Wednesday", "rest"), ("Thursday", "a swim"),
            ("Friday", "strength, then rest"), ("Saturday", "hills"), ("Sunday", "nothing at all")]  # fmt: skip

    def draw(canvas: Canvas) -> None:
        for number, (day, plan) in enumerate(rows):
            write(canvas, 40, number, day)
            write(canvas, 220, number, plan)

    assert kinds(made_pdf(draw), "pdf") == [("table", f"{day} | {plan}") for day, plan in rows]
