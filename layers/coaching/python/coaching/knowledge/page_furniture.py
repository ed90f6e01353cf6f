"""Running headers, footers and page numbers: lines that come back at the same end of most pages."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coaching.knowledge.page_numbers import page_numbers
from coaching.knowledge.ports import Block

_DIGITS = re.compile(r"\d+")
_FEWEST_PAGES = 3
_SHARE_OF_PAGES = 0.4  # Books set one line on left pages and another on right ones.
_LINES_AT_EACH_END = 3
_REMOVABLE = ("paragraph", "heading")


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at an end of a page. `key` is what its repetitions share."""

    block: int
    line: int
    page: int
    text: str
    key: tuple[Literal["top", "bottom"], str]


def without_furniture(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without running lines and page numbers. Digits do not count in comparing, except in headings.

    Of a heading that comes back, the first stays: it is the document's title or a chapter's. Lists, tables and code
    are left alone.
    """
    pages = _by_page(blocks)
    edges = [list(_edges(blocks, indices)) for indices in pages.values()]
    counted = Counter(key for page in edges for key in {edge.key for edge in page})
    enough = max(_FEWEST_PAGES, _SHARE_OF_PAGES * len(pages))
    numbers = page_numbers((e.page, e.text) for page in edges for e in page if blocks[e.block].kind == "paragraph")
    removed: dict[int, set[int]] = defaultdict(set)
    titles: dict[str, int] = {}
    for edge in (edge for page in edges for edge in page):
        is_heading = blocks[edge.block].kind == "heading"
        if counted[edge.key] < enough and (is_heading or (edge.page, edge.text) not in numbers):
            continue
        if not is_heading or titles.setdefault(edge.key[1], edge.block) != edge.block:
            removed[edge.block].add(edge.line)
    return [_without(block, removed[index]) if index in removed else block for index, block in enumerate(blocks)]


def _by_page(blocks: Sequence[Block]) -> dict[int, list[int]]:
    pages: dict[int, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.place.page is not None:
            pages[block.place.page].append(index)
    return pages


def _edges(blocks: Sequence[Block], indices: Sequence[int]) -> Iterator[_Edge]:
    """Yield the first and the last lines of a page; a line of a short page may come as both."""
    first = indices[:_LINES_AT_EACH_END]
    last = indices[-_LINES_AT_EACH_END:]
    top = [(index, line) for index in first for line in range(len(_lines(blocks[index])))]
    bottom = [(index, line) for index in last for line in range(len(_lines(blocks[index])))]
    for index, line in top[:_LINES_AT_EACH_END]:
        yield from _edge(blocks[index], index, line, "top")
    for index, line in bottom[-_LINES_AT_EACH_END:]:
        yield from _edge(blocks[index], index, line, "bottom")


def _edge(block: Block, index: int, line: int, end: Literal["top", "bottom"]) -> Iterator[_Edge]:
    if block.kind in _REMOVABLE:
        shown = " ".join(_lines(block)[line].split())
        text = shown.casefold()
        yield _Edge(
            index,
            line,
            block.place.page or 0,
            shown,
            (end, text if block.kind == "heading" else _DIGITS.sub("#", text)),
        )


def _lines(block: Block) -> list[str]:
    return block.text.split("\n")


def _without(block: Block, lines: set[int]) -> Block:
    kept = [line for index, line in enumerate(_lines(block)) if index not in lines]
    return replace(block, text="\n".join(kept))
