"""Text in PDF files that a reader does not see is not quoted."""

from collections.abc import Callable

import pytest
from reportlab.lib.colors import Color, black, navy, white
from reportlab.pdfgen.canvas import Canvas

from tests.adapters.extraction.samples import INVISIBLE, lines_page, made_pdf, texts

SHOWN = "These words are shown."
SECRET = "secret words that nobody sees"
Draw = Callable[[Canvas], None]


def found(*draws: Draw) -> list[str]:
    def draw(canvas: Canvas) -> None:
        lines_page(SHOWN)(canvas)
        for one in draws:
            canvas.saveState()
            one(canvas)
            canvas.restoreState()

    return texts(made_pdf(draw), "pdf")


def write(text: str, colour: Color = black, size: float = 11, x: float = 50, y: float = 300) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colour)
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y, text)

    return draw


def box(colour: Color, y: float = 290) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colour)
        canvas.rect(40, y, 330, 30, stroke=0, fill=1)

    return draw


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param([write(SECRET, white)], id="white on white"),
        pytest.param([write(SECRET, Color(0.99, 0.99, 0.98))], id="nearly white on white"),
        pytest.param([box(navy), write(SECRET, navy)], id="blue on the same blue"),
        pytest.param([write(SECRET), box(black)], id="under a black bar"),
        pytest.param([write(SECRET), box(white)], id="under a white one"),
        pytest.param([write(SECRET, size=0.5)], id="half a point high"),
        pytest.param([write(SECRET, size=0.01)], id="a hundredth of a point high"),
        pytest.param([write(SECRET, Color(0, 0, 0, alpha=0))], id="transparent"),
        pytest.param([write(SECRET, x=-400)], id="left of the page"),
        pytest.param([write(SECRET, y=900)], id="above the page"),
        pytest.param([lines_page(SECRET, top=300, mode=INVISIBLE)], id="drawn invisibly"),
    ],
)
def test_what_cannot_be_seen_is_left_out(draws: list[Draw]) -> None:
    assert found(*draws) == [SHOWN]


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param([box(navy), write(SECRET, white)], id="white on blue"),
        pytest.param([box(black), write(SECRET, white)], id="white on black"),
        pytest.param([box(Color(0.9, 0.9, 0.8)), write(SECRET)], id="black on a tint"),
        pytest.param([write(SECRET), box(Color(1, 1, 0, alpha=0.3))], id="under a marker"),
        pytest.param([write(SECRET, Color(0.8, 0.8, 0.8))], id="light grey"),
        pytest.param([write(SECRET, size=4)], id="small print"),
        pytest.param([box(Color(1, 0, 0)), write(SECRET, Color(0, 0.5, 0))], id="green on red"),
    ],
)
def test_what_can_be_seen_stays(draws: list[Draw]) -> None:
    assert found(*draws) == [SHOWN, SECRET]


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        for row, line in enumerate(["The first line of a page that is", "turned, and the second one."]):
            canvas.drawString(50, -100 - 14 * row, line)
        write(SECRET, white, x=50, y=-300)(canvas)

    assert texts(made_pdf(draw), "pdf") == ["The first line of a page that is turned, and the second one."]
