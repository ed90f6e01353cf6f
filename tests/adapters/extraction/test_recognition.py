"""What comes back from Tesseract, played by a small program that answers as it does."""

import sys
from pathlib import Path

import pytest

from coaching.adapters.extraction.recognition import Picture, TesseractTextRecogniser

PICTURE = Picture(width=2, height=1000, dots_per_inch=300, pixels=bytes(2000))
COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
ROWS = [
    "1 1 0 0 0 0 0 0 1000 1000 -1 ",
    "5 1 1 1 1 1 100 100 200 40 96.5 The",
    "5 1 1 1 1 2 320 100 200 40 91.0 hearth",
    "5 1 1 1 2 1 100 150 200 40 95.2 burns.",
    "5 1 1 1 2 2 320 150 20 40 12.0 ~|",
    "5 1 2 1 1 1 100 400 200 40 90.0 Next.",
]


def program(folder: Path, body: str) -> TesseractTextRecogniser:
    path = folder / "tesseract"
    path.write_text(f"#!{sys.executable}\nimport sys, time\npicture = sys.stdin.buffer.read()\n{body}\n")
    path.chmod(0o755)
    return TesseractTextRecogniser(program=str(path))


def test_words_become_paragraphs_with_their_boxes(tmp_path: Path) -> None:
    table = "\n".join("\t".join(row.split(" ")) for row in [COLUMNS, *ROWS])
    recogniser = program(tmp_path, f"assert picture.startswith(b'P5\\n2 1000\\n255\\n')\nprint({table!r})")
    first, second = recogniser.recognise(PICTURE, within_seconds=30)
    assert (first.text, second.text) == ("The hearth\nburns.", "Next.")
    assert (first.left, first.right, first.height) == (24.0, 124.8, 0.0)
    assert first.bottom == pytest.approx((1000 - 190) * 72 / 300)


def test_a_program_that_fails_or_takes_too_long_reads_nothing(tmp_path: Path) -> None:
    assert program(tmp_path, "sys.exit(1)").recognise(PICTURE, within_seconds=30) == []
    assert program(tmp_path, "time.sleep(60)").recognise(PICTURE, within_seconds=0.2) == []


def test_it_is_available_where_the_program_is(tmp_path: Path) -> None:
    assert program(tmp_path, "pass").available()
    assert not TesseractTextRecogniser(program="no-such-program").available()
