"""Excel workbooks."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.adapters.extraction.samples import (
    block,
    kinds,
    made_docx,
    made_xlsx,
    made_zip,
    read,
    refusal,
    texts,
    with_entry,
)

ROWS: list[list[str | float | None]] = [["Week", "Minutes", "Note"], [1, 20, "First week."], [2, 30.5, None]]


def first(workbook: Workbook) -> Worksheet:
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Plan"
    return sheet


def fill(workbook: Workbook) -> None:
    sheet = first(workbook)
    for row in ROWS:
        sheet.append(row)


def test_each_row_says_what_its_values_are() -> None:
    data = made_xlsx(fill)
    assert kinds(data, "xlsx") == [
        ("heading", "Plan"),
        ("table", "Week | Minutes | Note"),
        ("table", "Week: 1 | Minutes: 20 | Note: First week."),
        ("table", "Week: 2 | Minutes: 30.5"),
    ]
    assert block(data, "xlsx", "First week").place.heading == ("Plan",)


def test_hidden_sheets_rows_and_columns_are_left_out_and_told() -> None:
    def build(workbook: Workbook) -> None:
        fill(workbook)
        sheet = workbook["Plan"]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        secret = workbook.create_sheet("Secret")
        secret["A1"] = "secret"
        secret.sheet_state = "veryHidden"

    found = read(made_xlsx(build), "xlsx")
    assert [block.text for block in found.blocks] == ["Plan", "Week | Minutes", "Week: 1 | Minutes: 20"]
    (notice,) = found.notices
    assert all(told in notice for told in ("1 hidden rows", "1 hidden columns", "1 hidden sheets"))


def test_values_are_shown_about_as_the_program_shows_them() -> None:
    def build(workbook: Workbook) -> None:
        sheet = first(workbook)
        sheet.append([date(2026, 1, 2), datetime(2026, 1, 2, 7, 30), True, 0.1 + 0.2, 3.0, "#REF!"])
        sheet["G1"], sheet["G1"].number_format = 0.255, "0.0%"

    assert texts(made_xlsx(build), "xlsx")[1].startswith("2026-01-02 | 2026-01-02 07:30 | TRUE | 0.3 | 3 | ")
    assert texts(made_xlsx(build), "xlsx")[1].endswith("25.5%")


def test_an_empty_row_ends_a_table_and_a_lone_text_is_a_paragraph() -> None:
    def build(workbook: Workbook) -> None:
        sheet = first(workbook)
        for row in (["The plan"], ["Week", "Minutes"], [1, 20], [], ["Name", "Age"], ["Ada", 36]):
            sheet.append(row)

    assert kinds(made_xlsx(build), "xlsx")[1:] == [
        ("paragraph", "The plan"),
        ("table", "Week | Minutes"),
        ("table", "Week: 1 | Minutes: 20"),
        ("table", "Name | Age"),
        ("table", "Name: Ada | Age: 36"),
    ]


def test_rows_of_texts_without_names_above_them_stay_as_they_are() -> None:
    def build(workbook: Workbook) -> None:
        sheet = first(workbook)
        for row in (["Squat", "Legs"], ["Plank", "Core"], ["Row", "Back"]):
            sheet.append(row)

    assert texts(made_xlsx(build), "xlsx")[1:] == ["Squat | Legs", "Plank | Core", "Row | Back"]


def test_what_lies_far_out_is_refused() -> None:
    def build(workbook: Workbook) -> None:
        first(workbook)["XFD1"] = "far"

    assert refusal(made_xlsx(build), "xlsx").code == "too_large"


def test_a_value_far_below_costs_nothing() -> None:
    def build(workbook: Workbook) -> None:
        first(workbook)["A1048576"] = "far below"

    assert texts(made_xlsx(build), "xlsx") == ["Plan", "far below"]


@pytest.mark.parametrize("kind", ["xlsx", "pptx"])
def test_another_office_file_is_named(kind: str) -> None:
    assert refusal(made_docx(lambda document: None), kind).code == "wrong_type"
    assert refusal(made_zip({"a.txt": b"a"}), kind).code == "wrong_type"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_part_is_corrupt(part: str) -> None:
    data = made_xlsx(fill)
    assert refusal(with_entry(data, part, lambda whole: whole[: len(whole) // 2]), "xlsx").code == "corrupt"


def test_entities_are_refused() -> None:
    data = made_xlsx(fill)
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert refusal(with_entry(data, "xl/sharedStrings.xml", lambda whole: bomb + whole), "xlsx").code == "corrupt"
