"""HTML: the page's main content as a reader sees it.

Read as events from libxml2's tolerant parser, so that neither a large nor a deeply nested page needs a tree in memory.
"""

import time
from typing import Protocol

from coaching.adapters.extraction.css import style_sheet
from coaching.adapters.extraction.html_page import Page, Part, Styles, Zone
from coaching.adapters.extraction.look import Look
from coaching.adapters.extraction.outline import Outline, fold
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted

_ZONES: tuple[frozenset[Zone], ...] = (
    frozenset({"main"}),
    frozenset({"main", "article"}),
    frozenset({"main", "article", "body"}),
)
_LEAST_SHARE = 0.25
_FEED_CHARACTERS = 16 * 1024
_DEADLINE_SECONDS = 120.0


class _Target(Protocol):
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def read(text: str) -> Extracted:
    page = _parse(text)
    outline = Outline()
    found = _content(page.parts)
    _add(outline, found)
    first_heading = next((part.text for part in found if part.level == 1), None)
    return Extracted(tuple(outline.blocks), first_heading or fold(page.title) or None)


def parts(text: str) -> list[Part]:
    """Return the visible text of an HTML fragment."""
    return _parse(text).parts


def add(outline: Outline, text: str, css: str) -> None:
    """Add the content of one page of a book, with the style sheets that its pages link to."""
    _add(outline, _content(_parse(text, css).parts))


def _add(outline: Outline, found: list[Part]) -> None:
    for part in found:
        if part.level:
            outline.heading(part.level, part.text, part.anchor)
        else:
            outline.add(part.text, part.kind)


def _content(found: list[Part]) -> list[Part]:
    """Return the innermost zone that holds a fair share of the page's text."""
    total = _length(found)
    for zones in _ZONES:
        chosen = [part for part in found if part.zone in zones]
        if _length(chosen) > _LEAST_SHARE * total:
            return chosen
    return found


def _length(found: list[Part]) -> int:
    return sum(len(part.text) for part in found)


def _parse(text: str, linked_css: str | None = None) -> Page:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    lowered = text.lower()
    styles = Styles()
    if "<style" in lowered:
        _feed(text, styles, deadline)
    sheet = style_sheet(linked_css or "", *styles.texts)
    all_known = linked_css is not None or "stylesheet" not in lowered
    background_known = all_known and not sheet.paints_elsewhere
    page = Page(sheet, Look() if background_known else Look(background=None))
    _feed(text, page, deadline)
    return page


def _feed(text: str, target: _Target, deadline: float) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    data = text.encode("utf-8")
    try:
        for start in range(0, len(data), _FEED_CHARACTERS):
            parser.feed(data[start : start + _FEED_CHARACTERS])
            # Closing tags that close nothing cost time by the depth that they stand at, as do rules by their number.
            if time.monotonic() > deadline:
                raise UnusableDocument(
                    "corrupt",
                    "The page takes too long to read: its tags are not closed or it has too many style rules. "
                    "Save it anew from a browser.",
                )
        parser.close()
    except etree.LxmlError as error:
        raise UnusableDocument("corrupt", "The page cannot be read as HTML. Save it anew from a browser.") from error
