"""Word documents: headings by style, paragraphs, list items and tables in document order (python-docx)."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.extraction import unzip_guard
from coaching.adapters.extraction.docx_text import child, hides, local_name, paragraph_text, text_boxes, value
from coaching.adapters.extraction.outline import Outline, fold
from coaching.knowledge.content_types import DOCX, SUPPORTED
from coaching.knowledge.ports import BlockKind, Extracted

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CALLED = SUPPORTED[DOCX].called
_HEADING = re.compile(r"heading (\d)")
_BODY_LEVEL = 9
_MOST_BASED_ON = 20


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style makes of its paragraphs. `level` 1 is the title's, 2 to 10 are headings'."""

    level: int | None = None
    listed: bool = False
    contents: bool = False


def read(data: bytes) -> Extracted:
    """Raises: UnusableDocument(unpacks_too_large, encrypted, wrong_type, corrupt)."""
    if "[Content_Types].xml" not in unzip_guard.require_harmless(data, _CALLED):
        raise unzip_guard.wrong_type(_CALLED, "a zip archive")
    parts = _opened(data)
    reader = _Reader(parts.styles)
    reader.walk(parts.body)
    return Extracted(tuple(reader.outline.blocks), fold(parts.title) or reader.title or None)


@dataclass(frozen=True, slots=True)
class _Parts:
    body: "Element"
    styles: "Element"
    title: str


def _opened(data: bytes) -> _Parts:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = Document(io.BytesIO(data))
        # A part of a wrong type lacks the attributes that python-docx relies on.
        body, styles = child(document.element, "body"), document.styles.element
        title = document.core_properties.title
    except ValueError as error:
        raise unzip_guard.wrong_type(_CALLED, "another kind of Office document") from error
    except (OpcError, LxmlError, zipfile.BadZipFile, LookupError, AttributeError, TypeError) as error:
        raise unzip_guard.corrupt(_CALLED, "its parts do not fit together") from error
    if body is None:
        raise unzip_guard.corrupt(_CALLED, "its text is missing")
    return _Parts(body, styles, title)


class _Reader:
    """Walks the body's elements, also those within content controls and tracked changes."""

    def __init__(self, styles: "Element") -> None:
        self.outline = Outline()
        self.title = ""
        named = {_id(style): style for style in styles if local_name(style) == "style"}
        self._styles = {name: _meaning(style, named) for name, style in named.items()}
        self._hiding = frozenset(name for name, style in named.items() if name and _hides(style, named))

    def walk(self, parent: "Element") -> None:
        for element in parent:
            match local_name(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case "del" | "moveFrom" | "sectPr" | "sdtPr" | "tcPr":
                    pass
                case _:
                    self.walk(element)

    def _paragraph(self, element: "Element") -> None:
        properties = child(element, "pPr")
        style = self._styles.get(value(child(properties, "pStyle")), _Style())
        level = _outline_level(properties) or style.level
        text = paragraph_text(element, self._hiding)
        if level == 1 and not self.title:
            self.title = fold(text)
        if level:
            self.outline.heading(level, text)
        elif not style.contents:
            self.outline.add(text, _kind(properties, style))
        for box in text_boxes(element):
            self.walk(box)

    def _table(self, table: "Element") -> None:
        """Add a line per row; a table of one column is a frame around ordinary text."""
        for row in _below(table, "tr"):
            cells = list(_below(row, "tc"))
            if len(cells) == 1:
                self.walk(cells[0])
                continue
            texts = [
                fold(" ".join(paragraph_text(inner, self._hiding) for inner in cell.iter("{*}p"))) for cell in cells
            ]
            if any(texts):
                self.outline.add(" | ".join(texts), "table")


def _below(element: "Element", name: str) -> "Iterator[Element]":
    """Yield rows of a table or cells of a row, also those within content controls."""
    for inner in element:
        if local_name(inner) == name:
            yield inner
        elif local_name(inner) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _below(inner, name)


def _kind(properties: "Element | None", style: _Style) -> BlockKind:
    number = value(child(properties, "numPr", "numId"))
    listed = style.listed if number is None else number != "0"
    return "list_item" if listed else "paragraph"


def _outline_level(properties: "Element | None") -> int | None:
    level = value(child(properties, "outlineLvl")) or ""
    return int(level) + 2 if level.isdigit() and int(level) < _BODY_LEVEL else None


def _meaning(style: "Element", styles: "Mapping[str | None, Element]") -> _Style:
    """Follow the styles that a style is based on until one says what it is."""
    listed = False
    for following in _lineage(style, styles):
        name = (value(child(following, "name")) or "").lower()
        properties = child(following, "pPr")
        if level := _level_by_name(name) or _outline_level(properties):
            return _Style(level=level)
        if name.startswith("toc "):
            return _Style(contents=True)
        listed = listed or child(properties, "numPr") is not None or name.startswith(("list bullet", "list number"))
    return _Style(listed=listed)


def _hides(style: "Element", styles: "Mapping[str | None, Element]") -> bool:
    said = (hides(child(following, "rPr")) for following in _lineage(style, styles))
    return next((hidden for hidden in said if hidden is not None), False)


def _lineage(style: "Element", styles: "Mapping[str | None, Element]") -> "Iterator[Element]":
    """Yield a style, the one that it is based on, and so on."""
    following: Element | None = style
    for _ in range(_MOST_BASED_ON):
        if following is None:
            return
        yield following
        based_on = value(child(following, "basedOn"))
        following = styles.get(based_on) if based_on else None


def _level_by_name(name: str) -> int | None:
    if name == "title":
        return 1
    found = _HEADING.fullmatch(name)
    return int(found.group(1)) + 1 if found else None


def _id(style: "Element") -> str | None:
    return next((text for name, text in style.attrib.items() if name.rpartition("}")[2] == "styleId"), None)
