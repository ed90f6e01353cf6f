"""PowerPoint presentations: each slide a page, its title a heading, then its text, tables and notes (python-pptx).

The speaker's notes belong to what the creator teaches, often most of it, and are read after the slide. What the show
does not show is left out: hidden slides, which is said, hidden shapes, and what lies beside the slide. Pages count all
slides, as PowerPoint's own numbers do. Pictures, charts and diagrams are not read.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coaching.adapters.extraction import unzip_guard
from coaching.adapters.extraction.outline import Outline, fold
from coaching.adapters.extraction.rows import add_rows
from coaching.knowledge.content_types import PPTX, SUPPORTED
from coaching.knowledge.ports import Extracted

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide
    from pptx.text.text import TextFrame

_CALLED = SUPPORTED[PPTX].called
_ROW_EMU = 91_440
"""Shapes whose tops differ by less, a tenth of an inch, are read from left to right."""


def read(data: bytes) -> Extracted:
    """Raises: UnusableDocument(unpacks_too_large, encrypted, wrong_type, corrupt)."""
    if "[Content_Types].xml" not in unzip_guard.require_harmless(data, _CALLED):
        raise unzip_guard.wrong_type(_CALLED, "a zip archive")
    with _damage_named():
        presentation = _opened(data)
        reader = _Reader(presentation)
        hidden = 0
        for number, slide in enumerate(presentation.slides, start=1):
            if slide._element.get("show") in ("0", "false"):
                hidden += 1
                continue
            reader.read(number, slide)
        title = fold(presentation.core_properties.title or "")
    notices = (f"Left out because the presentation hides them: {hidden} slides.",) if hidden else ()
    own = None if title.casefold() in ("", "powerpoint presentation") else title
    return Extracted(tuple(reader.outline.blocks), own or reader.outline.opening_heading, notices)


def _opened(data: bytes) -> "Presentation":
    from pptx import Presentation

    try:
        return Presentation(io.BytesIO(data))
    except ValueError as error:
        raise unzip_guard.wrong_type(_CALLED, "another kind of Office document") from error


@contextmanager
def _damage_named() -> Iterator[None]:
    from lxml.etree import LxmlError
    from pptx.exc import PythonPptxError

    try:
        yield
    except (
        LxmlError,
        PythonPptxError,
        zipfile.BadZipFile,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise unzip_guard.corrupt(_CALLED, "its parts do not fit together") from error


class _Reader:
    def __init__(self, presentation: "Presentation") -> None:
        self.outline = Outline()
        self._width = presentation.slide_width
        self._height = presentation.slide_height

    def read(self, number: int, slide: "Slide") -> None:
        self.outline.page = number
        title = slide.shapes.title
        if title is None or not title.text_frame.text.strip():
            self.outline.close(1)
        else:
            self.outline.heading(1, title.text_frame.text)
        for shape in _in_reading_order(shape for shape in slide.shapes if not _is(shape, title)):
            if self._is_shown(shape):
                self._shape(shape)
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
            self._paragraphs(notes)

    def _shape(self, shape: "BaseShape") -> None:
        found: Any = shape
        if hasattr(found, "shapes"):
            for inner in _in_reading_order(found.shapes):
                if not _is_hidden(inner):
                    self._shape(inner)
        elif getattr(found, "has_table", False):
            add_rows(self.outline, ([cell.text for cell in row.cells] for row in found.table.rows))
        elif found.has_text_frame and not _is_furniture(found):
            self._paragraphs(found.text_frame, listed=_is_body(found))

    def _paragraphs(self, frame: "TextFrame", *, listed: bool = False) -> None:
        """Add the paragraphs; those of a slide's body are its points where there are several."""
        filled = [paragraph for paragraph in frame.paragraphs if paragraph.text.strip()]
        for paragraph in filled:
            text = paragraph.text.replace("\v", "\n")
            self.outline.add(text, "list_item" if listed and len(filled) > 1 else "paragraph")

    def _is_shown(self, shape: "BaseShape") -> bool:
        if _is_hidden(shape):
            return False
        box = (shape.left, shape.top, shape.width, shape.height)
        if None in box or self._width is None or self._height is None:
            return True
        left, top, width, height = (int(edge or 0) for edge in box)
        return left < self._width and top < self._height and left + width > 0 and top + height > 0


def _in_reading_order(shapes: "Iterable[BaseShape]") -> "list[BaseShape]":
    return sorted(shapes, key=lambda shape: (int(shape.top or 0) // _ROW_EMU, int(shape.left or 0)))


def _is(shape: "BaseShape", other: "BaseShape | None") -> bool:
    return other is not None and shape.shape_id == other.shape_id


def _is_hidden(shape: "BaseShape") -> bool:
    return any(named.get("hidden") in ("1", "true") for named in shape._element.xpath("./*/p:cNvPr"))


def _is_body(shape: "BaseShape") -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    points = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
    return shape.is_placeholder and shape.placeholder_format.type in points


def _is_furniture(shape: "BaseShape") -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    furniture = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)
    return shape.is_placeholder and shape.placeholder_format.type in furniture
