"""Lists and tables among the lines of a passage: what introduces a list, and which lines are its items."""

import re
from collections.abc import Sequence
from dataclasses import replace

from coaching.conversation.line import STOP, Line
from coaching.conversation.references import leans_on_before
from coaching.conversation.verbs import has_verb

LONGEST_ITEM = 200
"""Characters of a paragraph that is taken for an item although nothing marks it as one."""
FEWEST_ITEMS = 2
_NUMBERS = {
    word: value for value, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine"], start=2)
}
_COUNTED = re.compile(rf"\b({'|'.join(_NUMBERS)}|[2-9]) (?:[a-z-]+ ){{0,2}}?[a-z-]{{2,}}s\b", re.IGNORECASE)


def with_items(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; those of a list that a line introduces know that line."""
    found = list(lines)
    for at, line in enumerate(lines):
        if not (line.ours and not line.row and has_verb(line.text) and not leans_on_before(line.text)):
            continue
        for item in _items(lines, at):
            if found[item].intro < 0:
                found[item] = replace(found[item], item=True, intro=line.sentence.start)
    return found


def _items(lines: Sequence[Line], at: int) -> list[int]:
    """Return which lines are the items of the list that the line at `at` introduces; none where it introduces none."""
    counted = _COUNTED.search(lines[at].text)
    many = (_NUMBERS.get(counted[1].lower()) or int(counted[1])) if counted else 0
    if lines[at].text.endswith(":"):
        return _marked(lines, at + 1) or _unmarked(lines, at + 1, many)
    return _announced(lines, at, many) if many else []


def _marked(lines: Sequence[Line], first: int) -> list[int]:
    last = first
    while last < len(lines) and not lines[last].row and (lines[last].item or lines[last].text[:1].islower()):
        last += 1
    return list(range(first, last))


def _unmarked(lines: Sequence[Line], first: int, many: int) -> list[int]:
    """Return the lines of the short paragraphs that follow: as many as were counted, or all that look alike."""
    blocks = _paragraphs(lines, first)
    if many:
        chosen = blocks[:many]
        whole = len(chosen) == many and all(_length(lines, block) <= LONGEST_ITEM for block in chosen)
        return [at for block in chosen for at in block] if whole else []
    alike: list[int] = []
    stops = bool(blocks) and bool(STOP.search(lines[blocks[0][0]].text))
    for block in blocks:
        line = lines[block[0]]
        if len(block) > 1 or len(line.text) > LONGEST_ITEM or bool(STOP.search(line.text)) != stops:
            break
        alike += block
    return alike if len(alike) >= FEWEST_ITEMS and stops else []


def _announced(lines: Sequence[Line], at: int, many: int) -> list[int]:
    """Return the paragraphs behind "the review has four questions", where each of them begins with a question."""
    first = next((each for each in range(at, len(lines)) if lines[each].block != lines[at].block), len(lines))
    chosen = [block[0] for block in _paragraphs(lines, first)[:many]]
    return chosen if len(chosen) == many and all("?" in lines[each].text for each in chosen) else []


def _paragraphs(lines: Sequence[Line], first: int) -> list[list[int]]:
    """Return the numbers of the lines from `first` on, by paragraph, up to a table or somebody else's words."""
    found: dict[int, list[int]] = {}
    for at in range(first, len(lines)):
        if lines[at].row or not lines[at].ours:
            break
        found.setdefault(lines[at].block, []).append(at)
    return list(found.values())


def _length(lines: Sequence[Line], block: Sequence[int]) -> int:
    return lines[block[-1]].sentence.end - lines[block[0]].sentence.start
