"""The words inside a WordprocessingML paragraph, as Word shows them.

python-docx's own `Paragraph.text` leaves out tracked insertions and content controls.
Source of the element names: ECMA-376 part 1, chapter 17.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SHOWN_AS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_UNSEEN = frozenset(
    {"del", "moveFrom", "instrText", "delText", "drawing", "pict", "object", "pPr", "rPr", "AlternateContent", "rt"}
)
_OFF = ("0", "false", "off")


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


def paragraph_text(paragraph: "Element") -> str:
    """Return what is visible: without deletions, field codes and hidden runs, and without text boxes."""
    return "".join(_pieces(paragraph))


def text_boxes(paragraph: "Element") -> "Iterator[Element]":
    """Yield the text boxes anchored in a paragraph; the copies for old versions of Word are left out."""
    for box in paragraph.iter("{*}txbxContent"):
        if not any(local_name(ancestor) == "Fallback" for ancestor in box.iterancestors()):
            yield box


def _pieces(element: "Element") -> Iterator[str]:
    for inner in element:
        name = local_name(inner)
        if name == "t":
            yield inner.text or ""
        elif name in _SHOWN_AS:
            yield _SHOWN_AS[name]
        elif name not in _UNSEEN and not (name == "r" and _is_hidden(inner)):
            yield from _pieces(inner)


def _is_hidden(run: "Element") -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and value(vanish) not in _OFF
