"""Puts the lines of pages that are set in columns, but written across them, in the order of reading.

Most files hold a column after the other; some hold the page row by row, and its rows would read as those of a table.
Columns are told from a table by how full they are: running text fills its column nearly to the edge on most rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from coaching.adapters.extraction.pdf_line import Line

_FEWEST_ROWS = 5
_FULL = 0.7
_FEWEST_WORDS = 3
_Row = list[Line]


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines column by column where they stand in columns of running text; else as they came.

    What reaches across the columns, such as a heading, is read where it stands.
    """
    rows = list(_rows(lines))
    gutter = _gutter(rows)
    if gutter is None:
        return list(lines)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        if any(line.left < gutter < line.right for line in row):
            ordered += [*in_reading_order(left), *in_reading_order(right), *_whole(row)]
            left, right = [], []
            continue
        left += [line for line in row if line.right <= gutter]
        right += [line for line in row if line.left >= gutter]
    return [*ordered, *in_reading_order(left), *in_reading_order(right)]


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    """Yield the pieces that follow each other on one height, cut where wide gaps are."""
    row: _Row = []
    for piece in (piece for line in lines for piece in _pieces(line)):
        if row and (abs(piece.bottom - row[-1].bottom) >= piece.height / 2 or piece.left < row[-1].right):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _pieces(line: Line) -> Iterator[Line]:
    texts = line.text.split("\t")
    if len(texts) != len(line.gaps) + 1:
        yield line
        return
    lefts = [line.left, *(end for _, end in line.gaps)]
    rights = [*(start for start, _ in line.gaps), line.right]
    for text, left, right in zip(texts, lefts, rights, strict=True):
        yield replace(line, text=text, left=left, right=right, gaps=())


def _whole(row: _Row) -> _Row:
    """Return a row's pieces as the line that they were."""
    if len(row) == 1:
        return row
    gaps = tuple((before.right, piece.left) for before, piece in pairwise(row))
    text = "\t".join(piece.text for piece in row)
    return [replace(row[0], text=text, right=row[-1].right, gaps=gaps)]


def _gutter(rows: Sequence[_Row]) -> float | None:
    """Return where between two columns of running text nothing stands, or None."""
    pairs = [pair for row in rows for pair in pairwise(row)]
    if len(pairs) < _FEWEST_ROWS:
        return None
    middles = sorted({(before.right + piece.left) / 2 for before, piece in pairs})
    crossed = [
        (sum(before.right < x < piece.left for before, piece in pairs), x) for x in middles[:: len(middles) // 50 + 1]
    ]
    count, gutter = max(crossed)
    beside = [(before, piece) for before, piece in pairs if before.right < gutter < piece.left]
    enough = count >= _FEWEST_ROWS and 2 * count > sum(len(row) > 1 for row in rows)
    return gutter if enough and all(_is_running_text(column) for column in zip(*beside, strict=True)) else None


def _is_running_text(column: Sequence[Line]) -> bool:
    left, right = min(line.left for line in column), max(line.right for line in column)
    filled = median((line.right - line.left) / (right - left) for line in column) if right > left else 0.0
    return filled >= _FULL and median(len(line.text.split()) for line in column) >= _FEWEST_WORDS
