"""Excel workbooks: each visible sheet a heading, its visible rows with the names of their columns (openpyxl).

What Excel does not show is left out, and said so: hidden sheets, rows and columns. Formulas give the values that were
saved with them. Comments, charts and pictures are not read.
"""

import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from coaching.adapters.extraction import unzip_guard
from coaching.adapters.extraction.outline import Outline, fold
from coaching.adapters.extraction.rows import add_rows
from coaching.errors import UnusableDocument
from coaching.knowledge.content_types import SUPPORTED, TEXT_LIMIT_BYTES, XLSX
from coaching.knowledge.ports import Extracted

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet._reader import WorkSheetParser

MOST_COLUMNS = 1_000
_CALLED = SUPPORTED[XLSX].called
_SHOWN_DIGITS = 12


def read(data: bytes) -> Extracted:
    """Raises: UnusableDocument(unpacks_too_large, encrypted, wrong_type, too_large, corrupt)."""
    if "[Content_Types].xml" not in unzip_guard.require_harmless(data, _CALLED):
        raise unzip_guard.wrong_type(_CALLED, "a zip archive")
    outline = Outline()
    left_out: Counter[str] = Counter()
    with _damage_named(), warnings.catch_warnings():
        # The library warns of features that it drops, in words of the file.
        warnings.simplefilter("ignore")
        workbook = _opened(data)
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                left_out["sheets"] += 1
                continue
            outline.heading(1, sheet.title)
            add_rows(outline, _rows(workbook, sheet, left_out))
        title = fold(workbook.properties.title or "")
    return Extracted(tuple(outline.blocks), title or None, _notices(left_out))


def _opened(data: bytes) -> "Workbook":
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, OSError) as error:
        raise unzip_guard.wrong_type(_CALLED, "another kind of Office document") from error


@contextmanager
def _damage_named() -> Iterator[None]:
    from xml.etree.ElementTree import ParseError

    from lxml.etree import LxmlError

    try:
        yield
    except (
        LxmlError,
        ParseError,
        zipfile.BadZipFile,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        ArithmeticError,
    ) as error:
        raise unzip_guard.corrupt(_CALLED, "its parts do not fit together") from error


def _rows(workbook: Any, sheet: Any, left_out: Counter[str]) -> Iterator[list[str]]:  # noqa: ANN401
    """Yield the visible rows, and an empty one for each gap between them."""
    from openpyxl.worksheet._reader import WorkSheetParser

    characters = 0
    before = 0
    # Not public, hence untyped: the public rows neither tell which are hidden nor bound their width.
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,
            timedelta_formats=workbook._timedelta_formats,
        )
        for number, cells in parser.parse():
            if _is_hidden(parser.row_dimensions.get(str(number), {})):
                left_out["rows"] += 1
                continue
            if number > before + 1:
                yield []
            before = number
            row = _row(sheet, cells, _hidden_columns(parser))
            characters += sum(map(len, row))
            if characters > TEXT_LIMIT_BYTES:
                raise UnusableDocument(
                    "too_large", f"A sheet holds more than {TEXT_LIMIT_BYTES:,} characters. Split it."
                )
            yield row
        left_out["columns"] += len(_hidden_columns(parser))


def _row(sheet: "ReadOnlyWorksheet", cells: list[dict[str, Any]], hidden: frozenset[int]) -> list[str]:
    shown = {cell["column"]: text for cell in cells if cell["column"] not in hidden and (text := _text(sheet, cell))}
    widest = max(shown, default=0)
    if widest > MOST_COLUMNS:
        raise UnusableDocument(
            "too_large", f"A sheet is {widest:,} columns wide; the limit is {MOST_COLUMNS:,}. Remove what lies far out."
        )
    return [shown.get(column, "") for column in range(1, widest + 1) if column not in hidden]


def _text(sheet: "ReadOnlyWorksheet", cell: Mapping[str, Any]) -> str:
    """Return a value about as Excel shows it; errors such as #REF! are empty."""
    value = cell["value"]
    if value is None or cell["data_type"] == "e":
        return ""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(float(value), _format(sheet, cell))
        case datetime():
            return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
        case time():
            return value.isoformat("minutes")
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{100 * value:.{_SHOWN_DIGITS}g}%"
    return f"{value:.0f}" if value == int(value) and abs(value) < 10**15 else f"{value:.{_SHOWN_DIGITS}g}"


def _format(sheet: "ReadOnlyWorksheet", cell: Mapping[str, Any]) -> str:
    from openpyxl.cell.read_only import ReadOnlyCell

    return str(ReadOnlyCell(sheet, **cell).number_format)


def _hidden_columns(parser: "WorkSheetParser") -> frozenset[int]:
    spans = [column for column in parser.column_dimensions.values() if _is_hidden(column)]
    return frozenset(
        column for span in spans for column in range(int(span["min"]), min(int(span["max"]), MOST_COLUMNS) + 1)
    )


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def _notices(left_out: Counter[str]) -> tuple[str, ...]:
    listed = [f"{count} hidden {what}" for what, count in left_out.items() if count]
    return (f"Left out because the workbook hides them: {', '.join(listed)}.",) if listed else ()
