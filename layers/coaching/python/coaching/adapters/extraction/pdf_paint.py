"""What a PDF page paints, in which order and colour, as far as it tells what lies behind a text."""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.extraction.pdf_boxes import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

    Drawing = ctypes._Pointer[ctypes.Structure]

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
_SMALLEST_POINTS = 1.5
_OPAQUE = 255
_MOST_GROUNDS = 1_000
"""On a page with more, a drawing, nothing is said about what lies behind a text."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """Something that fills an area. A colour of None is not known: a picture's, a form's, a see-through one."""

    box: Box
    order: int
    colour: Colour | None


class Paint:
    """A page's areas of colour, and when each of its text objects is drawn among them."""

    def __init__(self, page: "PdfPage") -> None:
        self._grounds: list[_Ground] = []
        self._drawn: dict[int, int] = {}
        for order, drawing in enumerate(_objects(page)):
            self._drawn.update((address_of(text), order) for text in _texts(drawing))
            self._grounds.extend(_grounds(drawing, order))

    def ground(self, text: int, box: Box) -> Colour | None:
        """Return the colour behind a text object, given by its address; None where it is not known or lies above."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if len(self._grounds) > _MOST_GROUNDS:
            return None
        behind: Colour | None = WHITE
        for ground in self._grounds:
            left, bottom, right, top = ground.box
            if left <= x <= right and bottom <= y <= top:
                behind = ground.colour if ground.order < self._drawn.get(text, -1) else None
        return behind


def address_of(drawing: "Drawing") -> int:
    return ctypes.addressof(drawing.contents)


def text_colour(text: "Drawing") -> Colour | None:
    """Return the colour of a text's filling or stroke, white where it is not known; None where none is drawn."""
    from pypdfium2 import raw

    mode = raw.FPDFTextObj_GetTextRenderMode(text)
    if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
        return None
    stroked = mode in (raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP)
    filled = mode in (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP)
    found = _colour(text, raw.FPDFPageObj_GetStrokeColor if stroked else raw.FPDFPageObj_GetFillColor)
    if found is None:
        return WHITE
    colour, alpha = found
    return None if alpha == 0 and (filled or stroked) else colour


def _colour(drawing: "Drawing", get: "Callable[..., int]") -> tuple[Colour, int] | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not get(drawing, red, green, blue, alpha):
        return None
    return (red.value, green.value, blue.value), alpha.value


def _objects(page: "PdfPage") -> "Iterator[Drawing]":
    from pypdfium2.raw import FPDFPage_CountObjects, FPDFPage_GetObject

    return (FPDFPage_GetObject(page, number) for number in range(FPDFPage_CountObjects(page)))


def _texts(drawing: "Drawing") -> "Iterator[Drawing]":
    """Yield the object itself where it is a text, and the texts of a form."""
    from pypdfium2 import raw

    kind = raw.FPDFPageObj_GetType(drawing)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        yield drawing
    elif kind == raw.FPDF_PAGEOBJ_FORM:
        for number in range(raw.FPDFFormObj_CountObjects(drawing)):
            yield from _texts(raw.FPDFFormObj_GetObject(drawing, number))


def _grounds(drawing: "Drawing", order: int) -> Iterator[_Ground]:
    edges = [ctypes.c_float() for _ in range(4)]
    from pypdfium2 import raw

    if _paints(drawing) and raw.FPDFPageObj_GetBounds(drawing, *edges):
        left, bottom, right, top = (edge.value for edge in edges)
        if min(right - left, top - bottom) >= _SMALLEST_POINTS:
            yield _Ground((left, bottom, right, top), order, _painted(drawing))


def _paints(drawing: "Drawing") -> bool:
    """Say whether an object fills an area; a form does where it holds anything but text."""
    from pypdfium2 import raw

    match raw.FPDFPageObj_GetType(drawing):
        case raw.FPDF_PAGEOBJ_PATH:
            mode, stroke = ctypes.c_int(), ctypes.c_int()
            return bool(raw.FPDFPath_GetDrawMode(drawing, mode, stroke)) and mode.value != raw.FPDF_FILLMODE_NONE
        case raw.FPDF_PAGEOBJ_FORM:
            count = raw.FPDFFormObj_CountObjects(drawing)
            return any(_paints(raw.FPDFFormObj_GetObject(drawing, number)) for number in range(count))
        case raw.FPDF_PAGEOBJ_TEXT:
            return False
        case _:
            return True


def _painted(drawing: "Drawing") -> Colour | None:
    from pypdfium2 import raw

    if raw.FPDFPageObj_GetType(drawing) != raw.FPDF_PAGEOBJ_PATH or raw.FPDFPageObj_HasTransparency(drawing):
        return None
    found = _colour(drawing, raw.FPDFPageObj_GetFillColor)
    return found[0] if found is not None and found[1] == _OPAQUE else None
