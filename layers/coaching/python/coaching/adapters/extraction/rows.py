"""Rows of a table to lines that can each be read alone: "Week: 3 | Minutes: 20"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice, zip_longest

from coaching.adapters.extraction.outline import Outline, fold

_LONGEST_LABEL = 40
_LOOKED_AT = 20
_VALUE = re.compile(r"[\d\s.,:/%€$£+-]*\d[\d\s.,:/%€$£+-]*")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
Row = Sequence[str]


def add_rows(outline: Outline, rows: Iterable[Row]) -> None:
    """Add each row as a block of kind "table". An empty row ends a table; a text alone in its row is a paragraph.

    Where the first row of a table names its columns (there are numbers, dates or sentences below short texts), every
    value below carries its column's name: a passage may begin in the middle of a table, and a row that is quoted alone
    has to say what its values are.
    """
    folded = ([fold(cell) for cell in row] for row in rows)
    for filled, table in groupby(folded, key=any):
        if filled:
            _add_table(outline, table)


def _add_table(outline: Outline, rows: Iterator[Row]) -> None:
    looked_at = list(islice(rows, _LOOKED_AT))
    while looked_at and len(_filled(looked_at[0])) == 1:
        outline.add(_filled(looked_at.pop(0))[0])
    labels = looked_at[0] if _names_columns(looked_at) else None
    for index, row in enumerate(chain(looked_at, rows)):
        filled = _filled(row)
        if len(filled) == 1 and labels is None:
            outline.add(filled[0])
        else:
            outline.add(_labelled(labels, row) if labels and index else " | ".join(_trimmed(row)), "table")


def _names_columns(rows: Sequence[Row]) -> bool:
    """Say whether the first row has short, different texts, and a column's values below are of another kind."""
    if len(rows) < 2:
        return False
    labels = _trimmed(rows[0])
    named = len(labels) > 1 and all(labels) and len(set(labels)) == len(labels) and not any(map(_is_value, labels))
    return named and any(
        2 * sum(_is_value(cell) for cell in column[1:]) > sum(map(bool, column[1:]))
        for column in zip_longest(*rows, fillvalue="")
        if column[0]
    )


def _is_value(cell: str) -> bool:
    """Say whether a text is a number, a date or a sentence: what a column holds, but is not called."""
    return bool(_VALUE.fullmatch(cell)) or len(cell) > _LONGEST_LABEL or bool(_SENTENCE.search(cell))


def _filled(row: Row) -> list[str]:
    return [cell for cell in row if cell]


def _labelled(labels: Row, row: Row) -> str:
    named = [*labels, *[""] * (len(row) - len(labels))]
    return " | ".join(f"{label}: {cell}" if label else cell for label, cell in zip(named, row, strict=False) if cell)


def _trimmed(row: Row) -> Row:
    """Return the row without the empty cells around its values."""
    filled = [index for index, cell in enumerate(row) if cell]
    return row[filled[0] : filled[-1] + 1]
