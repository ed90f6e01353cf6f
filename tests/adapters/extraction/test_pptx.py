"""PowerPoint presentations."""

import pytest
from pptx.presentation import Presentation
from pptx.util import Inches

from tests.adapters.extraction.samples import block, kinds, made_pptx, read, refusal, texts, with_entry

TITLE_AND_BODY, TITLE_ONLY, BLANK = 1, 5, 6


def add(presentation: Presentation, title: str, *points: str) -> None:
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_AND_BODY])
    assert slide.shapes.title is not None
    slide.shapes.title.text_frame.text = title
    slide.placeholders[1].text_frame.text = "\n".join(points)


def add_text(presentation: Presentation, slide: int, text: str, left: float, top: float) -> None:
    box = presentation.slides[slide].shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    box.text_frame.text = text


def test_slides_are_pages_with_titles_and_points() -> None:
    def build(presentation: Presentation) -> None:
        add(presentation, "The method", "Sit down", "Begin")
        add(presentation, "Afterwards", "One sentence about it.")

    data = made_pptx(build)
    assert kinds(data, "pptx") == [
        ("heading", "The method"),
        ("list_item", "Sit down"),
        ("list_item", "Begin"),
        ("heading", "Afterwards"),
        ("paragraph", "One sentence about it."),
    ]
    place = block(data, "pptx", "One sentence").place
    assert (place.page, place.heading) == (2, ("Afterwards",))
    assert read(data, "pptx").title == "The method"


def test_notes_and_tables_are_read() -> None:
    def build(presentation: Presentation) -> None:
        slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY])
        table = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
        for row, cells in enumerate([("Size", "Minutes"), ("Ember", "4")]):
            for column, cell in enumerate(cells):
                table.cell(row, column).text = cell
        notes = slide.notes_slide.notes_text_frame
        assert notes is not None
        notes.text = "Say this slowly."

    assert kinds(made_pptx(build), "pptx") == [
        ("table", "Size | Minutes"),
        ("table", "Size: Ember | Minutes: 4"),
        ("paragraph", "Say this slowly."),
    ]


def test_boxes_are_read_from_top_to_bottom_and_left_to_right() -> None:
    def build(presentation: Presentation) -> None:
        presentation.slides.add_slide(presentation.slide_layouts[BLANK])
        for text, left, top in [("third", 1, 4), ("second", 5, 1.02), ("first", 1, 1)]:
            add_text(presentation, 0, text, left, top)

    assert texts(made_pptx(build), "pptx") == ["first", "second", "third"]


def test_hidden_slides_are_left_out_and_told() -> None:
    def build(presentation: Presentation) -> None:
        add(presentation, "Shown", "one", "two")
        add(presentation, "Secret", "secret")
        presentation.slides[1]._element.set("show", "0")
        add(presentation, "Shown too")

    found = read(made_pptx(build), "pptx")
    assert [(block.text, block.place.page) for block in found.blocks] == [
        ("Shown", 1),
        ("one", 1),
        ("two", 1),
        ("Shown too", 3),
    ]
    assert found.notices == ("Left out because the presentation hides them: 1 slides.",)


def test_hidden_shapes_and_those_beside_the_slide_are_left_out() -> None:
    def build(presentation: Presentation) -> None:
        presentation.slides.add_slide(presentation.slide_layouts[BLANK])
        add_text(presentation, 0, "shown", 1, 1)
        add_text(presentation, 0, "secret, beside", -3, 1)
        add_text(presentation, 0, "secret, below", 1, 9)
        add_text(presentation, 0, "secret, hidden", 1, 2)
        presentation.slides[0].shapes[3]._element.xpath("./*/p:cNvPr")[0].set("hidden", "1")

    assert texts(made_pptx(build), "pptx") == ["shown"]


@pytest.mark.parametrize("part", ["ppt/presentation.xml", "ppt/slides/slide1.xml", "ppt/_rels/presentation.xml.rels"])
def test_a_damaged_part_is_corrupt(part: str) -> None:
    data = made_pptx(lambda presentation: add(presentation, "Shown"))
    assert refusal(with_entry(data, part, lambda whole: whole[: len(whole) // 2]), "pptx").code == "corrupt"
