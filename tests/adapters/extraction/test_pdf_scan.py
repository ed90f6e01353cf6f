"""PDF pages that are pictures."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from coaching.adapters.extraction import FileExtractor
from coaching.adapters.extraction.pdf_line import Line
from coaching.adapters.extraction.recognition import Picture, TesseractTextRecogniser, TextRecogniser
from coaching.errors import UnusableDocument
from coaching.knowledge.content_types import PDF
from coaching.knowledge.ports import Extracted
from tests.adapters.extraction.samples import lines_page, made_pdf

NOBODY = TesseractTextRecogniser(program="no-such-program")


@dataclass(frozen=True, slots=True)
class Dictated(TextRecogniser):
    """Reads the same from every picture, and keeps the pictures."""

    text: str
    seen: list[Picture] = field(default_factory=list)

    def available(self) -> bool:
        return True

    def recognise(self, picture: Picture, *, within_seconds: float) -> list[Line]:
        self.seen.append(picture)
        return [Line(self.text, 0, 100, 500, 0)] if self.text else []


def scan(text: str = "") -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        image = Image.new("L", (1240, 1754), 255)
        ImageDraw.Draw(image).text((100, 100), text, fill=0, font=ImageFont.load_default(48))
        canvas.drawImage(ImageReader(image), 0, 0, 420, 595)

    return draw


def read(recogniser: TextRecogniser, *pages: Callable[[Canvas], None]) -> Extracted:
    return FileExtractor(recogniser).extract(made_pdf(*pages), PDF)


def test_without_recognition_a_scanned_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnusableDocument, match="Run text recognition") as caught:
        read(NOBODY, scan("words"), scan("words"))
    assert caught.value.code == "scanned"


def test_without_recognition_scanned_pages_among_others_are_told() -> None:
    written = lines_page("A page that was written and not scanned, with enough words on it.")
    found = read(NOBODY, written, scan(), scan(), written, scan())
    assert {block.place.page for block in found.blocks} == {1, 4}
    assert found.notices == ("Not read, because only a picture is there: pages 2 to 3, 5.",)


def test_recognised_pages_have_their_place_and_are_told() -> None:
    recogniser = Dictated("Words of a picture\nthat go on.")
    found = read(recogniser, lines_page("A page that was written and not scanned, with many words."), scan())
    assert [(block.text, block.place.page) for block in found.blocks][1] == ("Words of a picture\nthat go on.", 2)
    assert found.notices == ("The text of page 2 was recognised in pictures and may hold mistakes.",)
    (picture,) = recogniser.seen
    assert len(picture.pixels) == picture.width * picture.height
    assert picture.dots_per_inch == 300


def test_a_stamp_on_every_scan_does_not_pass_for_its_text() -> None:
    def stamped(canvas: Canvas) -> None:
        scan()(canvas)
        lines_page("Scanned with an app")(canvas)

    found = read(Dictated("Many words, which the app only photographed."), stamped)
    assert [block.text for block in found.blocks] == ["Many words, which the app only photographed."]
    assert read(NOBODY, stamped).notices == ("Not read, because only a picture is there: page 1.",)


def test_a_picture_beside_text_and_an_empty_page_are_nothing_to_tell() -> None:
    def illustrated(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (40, 50), 200)), 50, 50, 300, 300)
        lines_page("Words beside a picture.")(canvas)

    assert read(NOBODY, illustrated, lambda canvas: None).notices == ()


def test_a_picture_in_which_nothing_is_recognised_has_no_text() -> None:
    with pytest.raises(UnusableDocument) as caught:
        read(Dictated(""), scan())
    assert caught.value.code == "no_text"


@pytest.mark.skipif(not TesseractTextRecogniser().available(), reason="there is no tesseract program on this machine")
def test_tesseract_reads_a_scan() -> None:
    found = read(TesseractTextRecogniser(), scan("The hearth is warm."))
    assert [block.text for block in found.blocks] == ["The hearth is warm."]
    assert shutil.which("tesseract")
