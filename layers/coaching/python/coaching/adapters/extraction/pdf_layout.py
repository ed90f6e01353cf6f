"""Lines on pages to headings, paragraphs and list items."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coaching.adapters.extraction.outline import Outline
from coaching.adapters.extraction.pdf_line import Line
from coaching.knowledge.ports import Block

_ITEM = re.compile(r"[•‣▪▫◦●○■□➢➤✓∙·*–-]\s+\S|\d{1,2}[.)]\s+\S|[a-z][.)]\s+\S|\d{1,2}\t[^\d\t][^\t]*\Z")
_LIST_MARK = re.compile(r"\A(?:[•‣▪▫◦●○■□➢➤✓∙·*–-]\s+(?=\S)|\d{1,2}\t(?=[^\d\t][^\t]*$))")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_ENDS_SENTENCE = re.compile(r"[.:;,]$|\.\s")
_Column = tuple[int, float]
_LARGER = 1.15
_SAME_HEIGHT = 0.1
_WIDER_PITCH = 1.3
_LONGEST_PITCH = 2.0
_COLUMN_POINTS = 20.0
_LONGEST_HEADING = 200
_DEEPEST_CELL = 4.5
"""How far down the lines of a cell may go, in heights of a line."""
_LONGEST_SENTENCE_HEADING = 60
_LONGEST_BOLD_HEADING = 80
_SHORT_BY = 0.1
_MUCH_SHORT_BY = 0.4


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Of a whole document: the height of its body text, and the usual distance between lines by their height."""

    body: float
    pitch: Mapping[float, float]


def blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """Return the blocks of a document, each with its page (from 1) and its path of larger-set headings."""
    metrics = _measured(pages)
    outline = Outline()
    levels = _levels(pages, metrics)
    for number, lines in enumerate(pages, start=1):
        outline.page = number
        edges = _edges(lines)
        groups = list(_groups(lines, edges, metrics))
        for before, group, after in zip([[], *groups], groups, [*groups[1:], []], strict=False):
            _add(outline, group, levels, in_table=_are_rows(before, group) or _are_rows(group, after))
    return outline.blocks


def _add(outline: Outline, group: Sequence[Line], levels: Mapping[float, int], *, in_table: bool) -> None:
    text = _joined(group).replace("\t", " | ")
    level = levels.get(_rounded(group[0].height)) or (_bold_level(levels) if _is_bold_title(group) else None)
    if in_table:
        outline.add(text, "table")
    elif level and _is_title(text):
        outline.heading(level, text)
    else:
        outline.add(text, "list_item" if _is_item(group[0]) else "paragraph")


def _is_title(text: str) -> bool:
    """Say whether a larger text may head others: a lead paragraph is larger too, but is made of sentences."""
    lead = len(text) > _LONGEST_SENTENCE_HEADING and _ENDS_SENTENCE.search(text)
    return len(text) <= _LONGEST_HEADING and not lead and any(character.isalpha() for character in text)


def _is_bold_title(group: Sequence[Line]) -> bool:
    """Say whether a group in the body's size is a title: bold, short, no sentence and no item of a list."""
    text = group[0].text
    short = len(group) == 1 and len(text) <= _LONGEST_BOLD_HEADING and "\t" not in text
    return short and group[0].bold and text[0].isalnum() and not _ENDS.search(text) and not _is_item(group[0])


def _bold_level(levels: Mapping[float, int]) -> int:
    return max(levels.values(), default=0) + 1


def _are_rows(group: Sequence[Line], following: Sequence[Line]) -> bool:
    """A row alone is no table: a page's header has wide gaps too."""
    both = "\t" in _joined(group) and "\t" in _joined(following) if group and following else False
    return both and _same_height(group[0], following[0])


def _joined(group: Sequence[Line]) -> str:
    """Return the group's text without a list's mark, cells separated by tabs."""
    text = group[0].text
    for before, line in pairwise(group):
        text += ("\t" if _stands_beside(group[0], before, line) else "\n") + line.text
    return _LIST_MARK.sub("", text, count=1)


def _measured(pages: Sequence[Sequence[Line]]) -> _Metrics:
    heights: Counter[float] = Counter()
    distances: dict[float, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for line in lines:
            if line.height:
                heights[_rounded(line.height)] += len(line.text)
        for before, line in pairwise(lines):
            distance = round(before.bottom - line.bottom, 1)
            if _same_height(before, line) and 0 < distance <= _LONGEST_PITCH * line.height:
                distances[_rounded(line.height)][distance] += 1
    body = heights.most_common(1)[0][0] if heights else 0.0
    return _Metrics(body, {height: counted.most_common(1)[0][0] for height, counted in distances.items()})


def _levels(pages: Sequence[Sequence[Line]], metrics: _Metrics) -> dict[float, int]:
    """Return the heading level of each height that is clearly larger than the body's, the largest being 1."""
    larger = {_rounded(line.height) for lines in pages for line in lines} - {0.0}
    larger = {height for height in larger if height >= _LARGER * metrics.body}
    return {height: level for level, height in enumerate(sorted(larger, reverse=True), start=1)}


def _edges(lines: Sequence[Line]) -> dict[_Column, float]:
    """Return the rightmost point of the lines of one height that begin at about one place."""
    edges: dict[_Column, float] = {}
    for line in lines:
        column, height = _column(line)
        for near in (column - 1, column, column + 1):
            edges[near, height] = max(edges.get((near, height), line.right), line.right)
    return edges


def _groups(lines: Sequence[Line], edges: Mapping[_Column, float], metrics: _Metrics) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and _starts_anew(group, line, edges, metrics):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts_anew(group: Sequence[Line], line: Line, edges: Mapping[_Column, float], metrics: _Metrics) -> bool:
    before = group[-1]
    if _is_next_cell(group, line):
        return False
    ended = _ENDS.search(before.text) is not None
    if not _same_height(before, line) or "\t" in line.text or _begins_item(group, line, ended=ended):
        return True
    distance = before.bottom - line.bottom
    if _same_row(before, line):
        return False
    goes_on = line.text[0].islower()
    if before.bold and not line.bold and len(group) == 1 and not goes_on and _is_bold_title(group):
        return True
    if distance < 0:
        return ended or not goes_on
    if distance > _WIDER_PITCH * metrics.pitch.get(_rounded(line.height), line.height):
        return True
    if "\t" in group[0].text:
        return line.left <= group[0].left + line.height
    indented = line.left > before.left + line.height / 2 and not _is_item(group[0])
    edge = max(edges[_column(before)], edges[_column(line)])
    return (ended and indented) or (not goes_on and _ends_early(before, line, edge, ended=ended))


def _begins_item(group: Sequence[Line], line: Line, *, ended: bool) -> bool:
    """A number at the start of a line may also be one that the sentence before it ends with."""
    return _is_item(line) and (ended or not line.text[0].isalnum() or _is_item(group[0]))


def _is_next_cell(group: Sequence[Line], line: Line) -> bool:
    """Say whether the line begins the next cell of a table's row, beside what was read of the row so far."""
    read = sum(len(other.text) for other in group)
    return read <= _LONGEST_HEADING and _stands_beside(group[0], group[-1], line)


def _stands_beside(first: Line, before: Line, line: Line) -> bool:
    """Say whether a line begins a cell beside the one from `first` to `before`; a deeper one is a page's column."""
    shallow = first.bottom - before.bottom <= _DEEPEST_CELL * line.height
    return shallow and line.left > before.right and _same_row(first, line)


def _ends_early(before: Line, line: Line, edge: float, *, ended: bool) -> bool:
    """Say whether the line before was ended on purpose: the next word had room, and then some."""
    word = (line.right - line.left) / len(line.text) * len(line.text.split(maxsplit=1)[0])
    room = edge - before.right - word
    return room > (_SHORT_BY if ended else _MUCH_SHORT_BY) * (edge - before.left)


def _is_item(line: Line) -> bool:
    return _ITEM.match(line.text) is not None


def _same_row(one: Line, other: Line) -> bool:
    return abs(one.bottom - other.bottom) < one.height / 2


def _same_height(one: Line, other: Line) -> bool:
    return abs(one.height - other.height) <= _SAME_HEIGHT * max(one.height, other.height)


def _rounded(height: float) -> float:
    return round(height * 2) / 2


def _column(line: Line) -> _Column:
    return int(line.left // _COLUMN_POINTS), _rounded(line.height)
