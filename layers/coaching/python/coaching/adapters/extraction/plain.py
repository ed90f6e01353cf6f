"""Plain text: paragraphs between blank lines, list items, and headings that stand alone in capitals or underlined."""

import re
from collections.abc import Iterator
from math import inf

from coaching.adapters.extraction.outline import Outline
from coaching.knowledge.ports import Extracted

_BULLET = re.compile(r"\s*[-*+•‣▪◦–]\s+(?=\S)")
_NUMBER = re.compile(r"\s*(?:\d{1,3}|[a-zA-Z])[.)]\s+\S")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*")
_LONGEST_HEADING = 80
_WIDEST_WRAP = 120
_NEARLY = 0.8


def read(text: str) -> Extracted:
    outline = Outline()
    usual = _usual_width(text)
    for lines in _paragraphs(text):
        if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1]) and len(lines[0]) <= _LONGEST_HEADING:
            outline.heading(1 if "=" in lines[1] else 2, lines[0])
            lines = lines[2:]
        for statement in _statements(lines, usual):
            _add(outline, statement)
    return Extracted(tuple(outline.blocks), outline.opening_heading)


def _add(outline: Outline, statement: str) -> None:
    if _UNDERLINE.fullmatch(statement):
        return
    if _BULLET.match(statement):
        outline.add(_BULLET.sub("", statement, count=1), "list_item")
    elif _NUMBER.match(statement):
        outline.add(statement.strip(), "list_item")
    elif _in_capitals(statement):
        outline.heading(1, statement)
    else:
        outline.add(statement)


def _in_capitals(statement: str) -> bool:
    return (
        statement.isupper()
        and "\n" not in statement
        and len(statement) <= _LONGEST_HEADING
        and not statement.rstrip().endswith((".", "!", "?", ",", ";"))
        and sum(character.isalpha() for character in statement) > 2
    )


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip():
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _usual_width(text: str) -> float:
    """Return the width at which the file's lines are wrapped: infinite where whole paragraphs stand on a line."""
    widths = sorted(len(line) for lines in _paragraphs(text) for line in lines[:-1])
    longer = sum(len(line) for line in text.splitlines() if len(line) > _WIDEST_WRAP)
    if longer > len(text) / 2:
        return inf
    return widths[len(widths) * 3 // 4] if widths else 0


def _statements(lines: list[str], usual: float) -> Iterator[str]:
    """Join wrapped lines. A line is wrapped where the next line's first word would not have fitted after it."""
    width = max([_NEARLY * usual, *(len(line.rstrip()) for line in lines)])
    statement: list[str] = []
    for line in lines:
        if statement and (_starts_anew(line) or _would_fit(statement[-1], line, width)):
            yield "\n".join(statement)
            statement = []
        statement.append(line)
    if statement:
        yield "\n".join(statement)


def _starts_anew(line: str) -> bool:
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def _would_fit(line: str, following: str, width: float) -> bool:
    return len(line.rstrip()) + 1 + len(following.split(maxsplit=1)[0]) <= width
