"""Pages of a PDF that are pictures: what they hold is recognised where that can be done, and always told."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from coaching.adapters.extraction.pdf_line import Line
from coaching.adapters.extraction.pdf_text import shows_picture
from coaching.adapters.extraction.recognition import Picture, TextRecogniser
from coaching.errors import UnusableDocument

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72
_MOST_PIXELS = 25_000_000
_SECONDS_A_PAGE = 60.0
_FEW_CHARACTERS = 60
_MOST_OF_THE_PAGE = 0.6
_OUTLINES = 200


@dataclass(slots=True)
class Scans:
    """Gathers which pages are pictures, and reads them until the deadline (of `time.monotonic`)."""

    recogniser: TextRecogniser
    deadline: float
    recognised: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)

    def read(self, page: "PdfPage", number: int, lines: list[Line]) -> list[Line]:
        """Return the page's lines, recognised ones where its own are missing or only a stamp on a picture."""
        written = sum(len(line.text) for line in lines)
        if not _is_scan(page, written):
            return lines
        found = self._recognised(page)
        if sum(len(line.text) for line in found) <= written:
            self.unread.append(number)
            return lines
        self.recognised.append(number)
        return found

    def notices(self) -> tuple[str, ...]:
        told = []
        if self.recognised:
            told.append(f"The text of {_pages(self.recognised)} was recognised in pictures and may hold mistakes.")
        if self.unread:
            told.append(f"Not read, because only a picture is there: {_pages(self.unread)}.")
        return tuple(told)

    def refusal(self) -> UnusableDocument:
        """Return the error for a file in which no text was found."""
        if self.unread and not self.recogniser.available():
            return UnusableDocument(
                "scanned",
                "The PDF holds pictures of pages and no text; it looks scanned. "
                "Run text recognition (OCR) on it and upload it again.",
            )
        return UnusableDocument("no_text", "The PDF holds no text, nor pictures in which text can be recognised.")

    def _recognised(self, page: "PdfPage") -> list[Line]:
        left = self.deadline - time.monotonic()
        if left <= 0 or not self.recogniser.available():
            return []
        return self.recogniser.recognise(_picture(page), within_seconds=min(left, _SECONDS_A_PAGE))


def _is_scan(page: "PdfPage", written: int) -> bool:
    """Say whether a page without text shows something, or one with a few words is mostly a picture."""
    if written > _FEW_CHARACTERS:
        return False
    return _share_of_pictures(page) >= _MOST_OF_THE_PAGE or (
        not written and (shows_picture(page) or _is_outlined(page))
    )


def _share_of_pictures(page: "PdfPage") -> float:
    from pypdfium2 import PdfiumError
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=1):
        try:
            left, bottom, right, top = picture.get_bounds()
        except PdfiumError:
            continue
        covered += (right - left) * (top - bottom)
    return float(covered / max(1.0, width * height))


def _is_outlined(page: "PdfPage") -> bool:
    """Say whether the page has so many shapes that they may be letters; some programs write no others."""
    from pypdfium2.raw import FPDF_PAGEOBJ_PATH, FPDFPage_CountObjects

    if FPDFPage_CountObjects(page) < _OUTLINES:
        return False
    return sum(1 for _ in page.get_objects(filter=[FPDF_PAGEOBJ_PATH])) >= _OUTLINES


def _picture(page: "PdfPage") -> Picture:
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    data = bytes(bitmap.buffer)
    rows = (data[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height))
    return Picture(bitmap.width, bitmap.height, round(scale * _POINTS_PER_INCH), b"".join(rows))


def _pages(numbers: Sequence[int]) -> str:
    listed = ", ".join(_ranges(numbers))
    return f"page {listed}" if len(numbers) == 1 else f"pages {listed}"


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        found = [number for _, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]} to {found[-1]}"
