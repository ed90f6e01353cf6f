"""CSV: rows of values with their columns' names."""

import csv
import io
from collections.abc import Iterator

from coaching.adapters.extraction.outline import Outline
from coaching.adapters.extraction.rows import add_rows
from coaching.errors import UnusableDocument
from coaching.knowledge.ports import Extracted

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50


def read(text: str) -> Extracted:
    """Raises: UnusableDocument(corrupt)."""
    outline = Outline()
    add_rows(outline, _rows(text))
    return Extracted(tuple(outline.blocks))


def _rows(text: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    except csv.Error as error:
        raise UnusableDocument(
            "corrupt", "The CSV file cannot be read: one of its fields is far too long, or a quote is never closed."
        ) from error


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the same number of fields most often."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(lines: list[str], delimiter: str) -> int:
    counts = [line.count(delimiter) for line in lines]
    usual = max(set(counts), key=counts.count, default=0)
    return counts.count(usual) if usual else 0
