"""The characters of a PDF page as lines with their boxes; what cannot be seen on the page is left out."""

import ctypes
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from coaching.adapters.extraction.pdf_boxes import Boxes
from coaching.adapters.extraction.pdf_line import Line
from coaching.adapters.extraction.pdf_visibility import Visibility

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

    from coaching.adapters.extraction.pdf_paint import Drawing

_CELL_GAP = 1.0
"""White space as wide as the line is high separates cells,"""
_MARK_GAP = 0.5
"""and half of it a list's number from its text."""
_NO_GAP = 0.05
_LIGATURES = ("ff", "fi", "fl", "ft", "tt", "ti")
_HYPHENS_AT_LINE_END = frozenset((0x02, 0xFFFE))
"""What PDFium gives for a hyphen that ends a line; it leaves the line's end out then."""
_ENDS_LINE = _HYPHENS_AT_LINE_END | frozenset(b"\r\n")
_SPACES = frozenset(code for code in range(0x3001) if chr(code).isspace())
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page's characters by PDFium's index, which counts spaces and line ends too.

    `drawn_by` has the address of each character's text object, None for what PDFium adds.
    """

    codes: Sequence[int]
    drawn_by: Sequence[int | None]
    visible: Set[int]
    bold: Set[int]


def lines(page: "PdfPage", text_page: "PdfTextPage") -> list[Line]:
    """Return the page's lines in the order of the file.

    Text drawn invisibly counts only where it lies under a scan and nothing else is written: then it is what was
    recognised in the picture.
    """
    boxes = Boxes(page, text_page)
    drawn = _drawn(page, text_page, boxes)
    found = _lines_of(boxes, drawn, visible=True)
    if not found and shows_picture(page):
        return _lines_of(boxes, drawn, visible=False)
    return found


def shows_picture(page: "PdfPage") -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return any(True for _ in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))


def _drawn(page: "PdfPage", text_page: "PdfTextPage", boxes: Boxes) -> _Drawn:
    from pypdfium2.raw import FPDF_PAGEOBJECT

    codes, drawn_by = _characters(text_page)
    printed: dict[int, list[int]] = defaultdict(list)
    for index, (code, address) in enumerate(zip(codes, drawn_by, strict=True)):
        if address is not None and code not in _SPACES:
            printed[address].append(index)
    drawings = {address: ctypes.cast(address, FPDF_PAGEOBJECT) for address in printed}
    visibility = Visibility(page, boxes)
    return _Drawn(
        codes,
        drawn_by,
        visible={address for address, drawing in drawings.items() if visibility.shows(drawing, printed[address])},
        bold={address for address, drawing in drawings.items() if _is_bold(drawing)},
    )


def _characters(text_page: "PdfTextPage") -> tuple[list[int], list[int | None]]:
    """Return each character's code and the address of the text object that draws it."""
    from pypdfium2.raw import FPDFText_GetTextObject, FPDFText_GetUnicode

    # Bound anew to give plain integers: books have millions of characters, and a pointer object for each is slow.
    page = ctypes.cast(text_page.raw, ctypes.c_void_p)
    code_of = ctypes.PYFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)(_address(FPDFText_GetUnicode))
    drawn_by = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(_address(FPDFText_GetTextObject))
    count = range(text_page.count_chars())
    return [code_of(page, index) for index in count], [drawn_by(page, index) for index in count]


def _address(function: "ctypes._FuncPointer") -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _is_bold(drawing: "Drawing") -> bool:
    from pypdfium2 import raw

    font = raw.FPDFTextObj_GetFont(drawing)
    if not font:
        return False
    name = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    return b"bold" in name.value.lower() or raw.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT


def _lines_of(boxes: Boxes, drawn: _Drawn, *, visible: bool) -> list[Line]:
    left, bottom, right, top = boxes.page
    return [
        line
        for indices in _runs(drawn, visible=visible)
        for line in _line(boxes, drawn, indices)
        if line.left < right and line.right > left and bottom < line.bottom + line.height / 2 < top
    ]


def _runs(drawn: _Drawn, *, visible: bool) -> Iterator[list[int]]:
    """Yield the printed characters of each line."""
    line: list[int] = []
    chosen = visible
    owner: int | None = None
    for index, (code, address) in enumerate(zip(drawn.codes, drawn.drawn_by, strict=True)):
        if address != owner and address is not None:
            owner, chosen = address, (address in drawn.visible) is visible
        if code in _ENDS_LINE:
            if chosen and code in _HYPHENS_AT_LINE_END:
                line.append(index)
            yield line
            line = []
        elif chosen and code not in _SPACES:
            line.append(index)
    yield line


def _line(boxes: Boxes, drawn: _Drawn, indices: Sequence[int]) -> Iterator[Line]:
    if not indices:
        return
    ends = [boxes.loose(indices[at]) for at in (0, len(indices) // 2, -1)]
    # A raised figure at an end makes a line no lower.
    height = sorted(top - bottom for _, bottom, _, top in ends)[1]
    gaps: list[tuple[float, float]] = []
    text = "".join(_words(boxes, drawn, indices, height, gaps))
    yield Line(
        # PDFium gives characters beyond the basic plane as two halves.
        text=text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        left=ends[0][0],
        right=ends[-1][2],
        bottom=max(ends[0][1], ends[-1][1]),
        height=height,
        bold=bool(drawn.bold) and all((drawn.drawn_by[index] or 0) in drawn.bold for index in indices),
        gaps=tuple(gaps),
    )


def _words(
    boxes: Boxes, drawn: _Drawn, indices: Sequence[int], height: float, gaps: list[tuple[float, float]]
) -> Iterator[str]:
    """Yield the line's words and what stands between them: a space, or a tab where they stand far apart."""
    codes = drawn.codes
    characters = "".join("-" if codes[index] in _HYPHENS_AT_LINE_END else chr(codes[index]) for index in indices)
    breaks = [at for at in range(1, len(indices)) if indices[at] - indices[at - 1] > 1]
    for number, (start, end) in enumerate(pairwise([0, *breaks, len(indices)])):
        if start:
            left, right = boxes.ink(indices[start - 1])[2], boxes.ink(indices[start])[0]
            is_mark = number == 1 and characters[:start].isdigit()
            if right - left > (_MARK_GAP if is_mark else _CELL_GAP) * height > 0:
                gaps.append((left, right))
                yield "\t"
            elif not _is_inside_ligature(boxes, characters[:start], indices[start - 1], indices[start], height):
                yield " "
        yield characters[start:end]


def _is_inside_ligature(boxes: Boxes, read: str, before: int, index: int, height: float) -> bool:
    """Some programs write a ligature with a space in its place, which would tear "de fi nition" apart."""
    if not read.endswith(_LIGATURES):
        return False
    same_glyph = boxes.ink(before - 1) == boxes.ink(before)
    return same_glyph and boxes.loose(index)[0] - boxes.loose(before)[2] < _NO_GAP * height
