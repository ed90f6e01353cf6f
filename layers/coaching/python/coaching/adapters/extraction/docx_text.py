"""The words inside a WordprocessingML paragraph, as Word shows them.

python-docx's own `Paragraph.text` leaves out tracked insertions and content controls.
Source of the element names: ECMA-376 part 1, chapter 17.
"""

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SHOWN_AS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_UNSEEN = frozenset(
    {"del", "moveFrom", "instrText", "delText", "drawing", "pict", "object", "pPr", "rPr", "AlternateContent", "rt"}
)
_OFF = ("0", "false", "off")
_EVERY_STYLE: Set[str] = frozenset({"*"})
_HIDING_HALF_POINTS = 2
_WHITE = "FFFFFF"
_MAYBE_COLOURED = ("tc", "txbxContent")


def local_name(element: "Element") -> str:
    """Return the name without its namespace; an empty string for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: "Element | None", *path: str) -> "Element | None":
    """Return the first child of this name, and so on down the path."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local_name(inner) == name), None)
    return element


def value(element: "Element | None") -> str | None:
    """Return the element's `w:val`."""
    if element is None:
        return None
    return next((text for name, text in element.attrib.items() if name.rpartition("}")[2] == "val"), None)


def paragraph_text(paragraph: "Element", hiding: Set[str] = frozenset()) -> str:
    """Return what is visible: without deletions, field codes and hidden runs, and without text boxes.

    `hiding` has the ids of the styles that hide their text.
    """
    if _style(child(paragraph, "pPr"), "pStyle") in hiding:
        hiding = _EVERY_STYLE
    return "".join(_pieces(paragraph, hiding, on_white=_stands_on_white(paragraph)))


def text_boxes(paragraph: "Element") -> "Iterator[Element]":
    """Yield the text boxes anchored in a paragraph; the copies for old versions of Word are left out."""
    for box in paragraph.iter("{*}txbxContent"):
        if not any(local_name(ancestor) == "Fallback" for ancestor in box.iterancestors()):
            yield box


def hides(properties: "Element | None") -> bool | None:
    """Say whether run properties hide their text, also by a height of a point; None where they say nothing."""
    for name in ("vanish", "webHidden"):
        if (found := child(properties, name)) is not None:
            return value(found) not in _OFF
    size = value(child(properties, "sz")) or ""
    return True if size.isdigit() and int(size) <= _HIDING_HALF_POINTS else None


def _pieces(element: "Element", hiding: Set[str], *, on_white: bool) -> Iterator[str]:
    for inner in element:
        name = local_name(inner)
        if name == "t":
            yield inner.text or ""
        elif name in _SHOWN_AS:
            yield _SHOWN_AS[name]
        elif name not in _UNSEEN and not (name == "r" and _is_hidden(inner, hiding, on_white=on_white)):
            yield from _pieces(inner, hiding, on_white=on_white)


def _is_hidden(run: "Element", hiding: Set[str], *, on_white: bool) -> bool:
    properties = child(run, "rPr")
    own = hides(properties)
    if own is not None:
        return own
    if hiding is _EVERY_STYLE or _style(properties, "rStyle") in hiding:
        return True
    coloured = any(child(properties, name) is not None for name in ("shd", "highlight"))
    return on_white and not coloured and (value(child(properties, "color")) or "").upper() == _WHITE


def _stands_on_white(paragraph: "Element") -> bool:
    """Say whether nothing is known to lie behind a paragraph: no shading of its own, no table's and no box's."""
    if child(paragraph, "pPr", "shd") is not None:
        return False
    return not any(local_name(outer) in _MAYBE_COLOURED for outer in paragraph.iterancestors())


def _style(properties: "Element | None", name: str) -> str:
    return value(child(properties, name)) or ""
