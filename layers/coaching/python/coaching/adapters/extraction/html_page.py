"""What stands on an HTML page, gathered from the events of a parser."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from coaching.adapters.extraction.css import Place, StyleSheet
from coaching.adapters.extraction.css_rules import Declarations, declarations, media_counts
from coaching.adapters.extraction.html_chrome import is_chrome, is_hidden
from coaching.adapters.extraction.look import Look
from coaching.adapters.extraction.outline import fold
from coaching.knowledge.ports import BlockKind

Zone = Literal["main", "article", "body", "form"]

_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot "
    "th thead title tr ul"
)
_BLOCK_TAGS = frozenset(_BLOCKS.split())
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_ZONES: dict[str, Zone] = {"main": "main", "article": "article", "form": "form"}
_KINDS: dict[str, BlockKind] = {"li": "list_item", "dt": "list_item", "dd": "list_item", "pre": "code"}
_BREAK = "\x1e"
_LONGEST_CELL = 600


@dataclass(frozen=True, slots=True)
class Part:
    """A run of visible text. `level` is 1 to 6 for a heading, else 0; `anchor` is a heading's id."""

    text: str
    kind: BlockKind
    level: int
    zone: Zone
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    look: Look
    place: Place
    zone: Zone = "body"
    kind: BlockKind = "paragraph"
    level: int = 0
    anchor: str = ""
    skipped: bool = False
    shown: bool = True


@dataclass(slots=True)
class _Table:
    """`layout`: its cells hold parts of a page and not values."""

    cells: list[str] = field(default_factory=list)
    in_cell: bool = False
    layout: bool = False


class Styles:
    """Gathers the texts of a page's `<style>` elements."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._tag = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._tag = tag if media_counts(attributes.get("media", "").lower()) else ""

    def end(self, tag: str) -> None:
        # A long sheet comes in several pieces, which may part a name.
        if self._pieces:
            self.texts.append("".join(self._pieces))
            self._pieces.clear()
        self._tag = ""

    def data(self, text: str) -> None:
        if self._tag == "style":
            self._pieces.append(text)

    def close(self) -> None: ...


class Page:
    """Gathers the visible text outside menus, side columns and the like."""

    def __init__(self, sheet: StyleSheet, look: Look) -> None:
        self.parts: list[Part] = []
        self.title = ""
        self._sheet = sheet
        self._open = [_Element("", look, Place(is_page=True))]
        self._tables: list[_Table] = []
        self._text: list[str] = []
        self._broke = False
        self._in_first_title = True

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        parent = self._open[-1]
        if parent.skipped:
            self._open.append(parent)
            return
        if tag in _BLOCK_TAGS:
            self._boundary()
        element = self._inside(parent, tag, attributes)
        if not element.skipped:
            self._prepare(tag)
        self._open.append(element)

    def end(self, tag: str) -> None:
        element = self._open[-1]
        if not element.skipped:
            if tag in _BLOCK_TAGS:
                self._boundary()
            self._finish(tag)
        if len(self._open) > 1:
            self._open.pop()

    def data(self, text: str) -> None:
        element = self._open[-1]
        if element.skipped or not element.shown:
            return
        if element.tag == "title":
            self.title += text if self._in_first_title else ""
            return
        self._text.append(text)
        self._broke = self._broke and not text.strip()

    def close(self) -> None:
        self._flush()

    def _inside(self, parent: _Element, tag: str, attributes: Mapping[str, str]) -> _Element:
        role = attributes.get("role", "").lower()
        zone = "main" if role == "main" else _ZONES.get(tag, parent.zone)
        if tag == "article" and parent.zone == "main":
            zone = "main"
        place, usual, important = self._sheet.enter(parent.place, tag, attributes)
        if is_chrome(tag, role, attributes, in_body=parent.zone == "body"):
            return replace(parent, tag=tag, skipped=True)
        look = parent.look.within(_declared(tag, attributes, usual, important))
        shown = look.visible and not is_hidden(attributes)
        return _Element(
            tag=tag,
            look=look.without_box() if is_hidden(attributes) else look,
            place=place,
            zone=zone,
            kind="heading" if tag in _LEVELS else _KINDS.get(tag, parent.kind),
            level=_LEVELS.get(tag, parent.level),
            anchor=attributes.get("id", "") if tag in _LEVELS else parent.anchor,
            shown=shown,
        )

    def _prepare(self, tag: str) -> None:
        table = self._tables[-1] if self._tables else None
        match tag:
            case "br":
                self._break_line()
            case "table":
                self._spread(table)
                self._tables.append(_Table())
            case "td" | "th" if table and not table.layout:
                table.in_cell = True
            case _ if tag in _LEVELS:
                self._spread(table)

    def _finish(self, tag: str) -> None:
        if tag == "title":
            self._in_first_title = False
        if not self._tables:
            return
        table = self._tables[-1]
        if tag in ("td", "th") and table.in_cell:
            self._end_cell(table)
        elif tag == "tr":
            self._end_row(table)
        elif tag == "table":
            self._end_row(table)
            self._tables.pop()

    def _break_line(self) -> None:
        if self._broke:
            self._boundary()
        else:
            self._text.append("\n")
        self._broke = not self._broke

    def _boundary(self) -> None:
        if self._tables and self._tables[-1].in_cell:
            self._text.append(_BREAK)
        else:
            self._flush()

    def _flush(self) -> None:
        element = self._open[-1]
        text = "".join(self._text).replace(_BREAK, "\n")
        self._text.clear()
        self._broke = False
        self._add(text.strip("\n") if element.kind == "code" else fold(text), element.kind)

    def _add(self, text: str, kind: BlockKind) -> None:
        element = self._open[-1]
        if text.strip():
            level, anchor = (element.level, element.anchor) if kind == "heading" else (0, "")
            self.parts.append(Part(text, kind, level, element.zone, anchor))

    def _spread(self, table: _Table | None) -> None:
        """Take a table whose cell holds a heading or a table for a layout: its cells are read as paragraphs."""
        if table is None or not table.in_cell:
            return
        self._end_cell(table)
        table.layout = True
        self._end_row(table)

    def _end_cell(self, table: _Table) -> None:
        table.cells.append("".join(self._text))
        table.in_cell = False
        self._text.clear()

    def _end_row(self, table: _Table) -> None:
        if table.layout or any(len(cell) > _LONGEST_CELL for cell in table.cells):
            for text in _BREAK.join(table.cells).split(_BREAK):
                self._add(fold(text), "paragraph")
        elif any(cell.strip(_BREAK + " \n\t") for cell in table.cells):
            self._add(" | ".join(fold(cell.replace(_BREAK, " ")) for cell in table.cells), "table")
        table.cells.clear()


def _declared(tag: str, attributes: Mapping[str, str], usual: Declarations, important: Declarations) -> Declarations:
    """Return what holds for an element: its old attributes, then the rules, then its own style, then what is important.

    Source: www.w3.org/TR/css-cascade-5, section 6.1.
    """
    old: dict[str, str] = {}
    if "bgcolor" in attributes:
        old["background-color"] = attributes["bgcolor"].lower()
    if tag == "font" and "color" in attributes:
        old["color"] = attributes["color"].lower()
    own, own_important = declarations(attributes["style"]) if "style" in attributes else ({}, {})
    layers = [each for each in (old, usual, own, important, own_important) if each]
    return {name: value for each in layers for name, value in each.items()} if len(layers) != 1 else layers[0]
