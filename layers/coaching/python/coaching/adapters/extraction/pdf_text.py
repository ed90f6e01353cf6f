"""The characters of a PDF page as lines with their boxes; what cannot be seen on the page is left out."""

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from coaching.adapters.extraction.pdf_layout import Line

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_CELL_GAP = 1.0
"""White space as wide as the line is high separates cells,"""
_MARK_GAP = 0.5
"""and half of it a list's number from its text."""
_LINE_ENDS = frozenset(b"\r\n")
_HYPHENS_AT_LINE_END = frozenset((0x02, 0xFFFE))
"""What PDFium gives for a hyphen that ends a line; it leaves the line's end out then."""


def lines(page: "PdfPage", text_page: "PdfTextPage") -> list[Line]:
    """Return the page's lines in the order of the file.

    Text drawn invisibly counts only where it lies under a scan and nothing else is written: then it is what was
    recognised in the picture.
    """
    shown, unshown = _characters(text_page)
    found = list(_within(page, _lines(text_page, shown)))
    if not found and unshown and _shows_picture(page):
        return list(_within(page, _lines(text_page, unshown)))
    return found


def _characters(text_page: "PdfTextPage") -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return index and code of each character, those drawn visibly and those not; line ends are in both."""
    from pypdfium2 import raw

    shown: list[tuple[int, int]] = []
    unshown: list[tuple[int, int]] = []
    drawn_by: int | None = None
    visible = True
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        drawing = raw.FPDFText_GetTextObject(text_page, index)
        if drawing:
            address = ctypes.addressof(drawing.contents)
            if address != drawn_by:
                drawn_by, visible = address, _is_visible(drawing)
        if visible or code in _LINE_ENDS:
            shown.append((index, code))
        if not visible or code in _LINE_ENDS:
            unshown.append((index, code))
    return shown, unshown


def _is_visible(drawing: "ctypes._Pointer[ctypes.Structure]") -> bool:
    from pypdfium2 import raw

    mode = raw.FPDFTextObj_GetTextRenderMode(drawing)
    if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    filled = mode in (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP)
    known = raw.FPDFPageObj_GetFillColor(drawing, red, green, blue, alpha)
    return not (filled and known and alpha.value == 0)


def _lines(text_page: "PdfTextPage", characters: list[tuple[int, int]]) -> Iterator[Line]:
    line: list[tuple[int, int]] = []
    for index, code in characters:
        if code in _HYPHENS_AT_LINE_END:
            line.append((index, ord("-")))
        elif code not in _LINE_ENDS:
            line.append((index, code))
            continue
        yield from _line(text_page, line)
        line = []
    yield from _line(text_page, line)


def _line(text_page: "PdfTextPage", characters: list[tuple[int, int]]) -> Iterator[Line]:
    printed = [(index, chr(code)) for index, code in characters if not chr(code).isspace()]
    if not printed:
        return
    left, first_bottom, _, first_top = text_page.get_charbox(printed[0][0], loose=True)
    _, last_bottom, right, last_top = text_page.get_charbox(printed[-1][0], loose=True)
    height = min(first_top - first_bottom, last_top - last_bottom)
    text = "".join(_spaced(text_page, printed, height))
    # PDFium gives characters beyond the basic plane as two halves.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    yield Line(text, left, right, max(first_bottom, last_bottom), height)


def _spaced(text_page: "PdfTextPage", printed: list[tuple[int, str]], height: float) -> Iterator[str]:
    """Yield the characters; where some were left out between two, a space, or a tab when they stand far apart."""
    yield printed[0][1]
    only_digits = True
    for (before, last), (index, character) in pairwise(printed):
        only_digits = only_digits and last.isdigit()
        if index - before > 1:
            gap = text_page.get_charbox(index)[0] - text_page.get_charbox(before)[2]
            yield "\t" if gap > (_MARK_GAP if only_digits else _CELL_GAP) * height > 0 else " "
            only_digits = False
        yield character


def _within(page: "PdfPage", found: Iterator[Line]) -> Iterator[Line]:
    left, bottom, right, top = page.get_bbox()
    for line in found:
        if line.left < right and line.right > left and bottom < line.bottom + line.height / 2 < top:
            yield line


def _shows_picture(page: "PdfPage") -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return any(True for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))
