"""Text recognition (OCR) by the `tesseract` program, where the machine has it.

No library is needed for it: the program takes a picture on its standard input and returns a table of words. Where
there is no such program, as on AWS Lambda, a scanned file ends with an error that says what to do.
Source of the table's columns: github.com/tesseract-ocr/tesseract, doc/tesseract.1.asc, configuration `tsv`.
"""

import csv
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from coaching.adapters.extraction.pdf_line import Line

_PROGRAM = "tesseract"
_POINTS_PER_INCH = 72
_SUREST_WRONG = 30.0
"""Words that Tesseract is not even this sure of (of 100) are specks and edges."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as rows of grey pixels from the top, one byte each."""

    width: int
    height: int
    dots_per_inch: int
    pixels: bytes


class TextRecogniser(Protocol):
    """Reads what is written in a picture of a page."""

    def available(self) -> bool: ...

    def recognise(self, picture: Picture, *, within_seconds: float) -> list[Line]:
        """Return a line for each paragraph, its height 0. What cannot be read in time gives none."""


@dataclass(frozen=True, slots=True)
class TesseractTextRecogniser(TextRecogniser):
    """`languages` are Tesseract's names, joined by "+"."""

    program: str = _PROGRAM
    languages: str = "eng"

    def available(self) -> bool:
        return shutil.which(self.program) is not None

    def recognise(self, picture: Picture, *, within_seconds: float) -> list[Line]:
        header = f"P5\n{picture.width} {picture.height}\n255\n".encode()
        command = [self.program, "stdin", "stdout", "-l", self.languages, "--dpi", str(picture.dots_per_inch), "tsv"]
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments, and the picture goes to the standard input
                command, input=header + picture.pixels, capture_output=True, check=True, timeout=within_seconds
            )
        except (subprocess.SubprocessError, OSError):
            return []
        return list(_paragraphs(done.stdout.decode("utf-8", "replace"), picture))


def _paragraphs(table: str, picture: Picture) -> Iterator[Line]:
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [
        row for row in rows if row.get("level") == "5" and float(row["conf"]) >= _SUREST_WRONG and row["text"].strip()
    ]
    for _, paragraph in groupby(words, key=lambda row: (row["block_num"], row["par_num"])):
        yield _line(list(paragraph), picture)


def _line(words: Sequence[dict[str, str]], picture: Picture) -> Line:
    points = _POINTS_PER_INCH / picture.dots_per_inch
    lines = (" ".join(word["text"] for word in line) for _, line in groupby(words, key=lambda word: word["line_num"]))
    lowest = max(int(word["top"]) + int(word["height"]) for word in words)
    return Line(
        text="\n".join(lines),
        left=points * min(int(word["left"]) for word in words),
        right=points * max(int(word["left"]) + int(word["width"]) for word in words),
        bottom=points * (picture.height - lowest),
        height=0.0,
    )
