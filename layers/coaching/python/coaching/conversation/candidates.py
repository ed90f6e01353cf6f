"""What of a passage can be quoted: whole sentences of the creator's that can stand where they will be put."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coaching.conversation.line import Line
from coaching.conversation.lines import lines_of
from coaching.conversation.references import leans_on_before
from coaching.conversation.sentences import Sentence
from coaching.conversation.verbs import has_verb
from coaching.safety.words import tokens
from coaching.vocabulary import DocumentId, ScoredPassage

FEWEST_WORDS, MOST_WORDS = 3, 60
LONGEST_LIST = 480
"""Characters of a list that is quoted whole with the line that introduces it."""
MOST_ITEMS = 4
"""Items that are quoted one by one; a longer list is one quotation."""
MOST_AFTER = 3
"""Sentences behind one that may be quoted together with it."""
MOST_BEFORE = 2
"""Sentences that are taken along for the sake of one that leans on them; with more, it is left out."""
_WHOLE = re.compile(r"[.!…][\"”’')]*$")
_NOT_PROSE = re.compile(r"\||_{3,}|\[\d+\]|https?://|\t| {3,}")

_DIGIT = re.compile(r"\d")
FEWEST_ROWS = 2

Location = tuple[DocumentId, int]


@dataclass(frozen=True, slots=True)
class Quotable:
    """A stretch of a passage that can stand alone, in sentences that are quoted one by one.

    The last part is the one that was looked for; those before it are there because it leans on them.
    Of a list, the first part is looked for: it introduces the others, which are quoted with it or not at all.
    `over` is what stands over it: the title, and the question that it answers. `after` are the sentences that
    follow it under the same title.
    """

    parts: tuple[Sentence, ...]
    over: tuple[str, ...]
    after: tuple[Sentence, ...] = ()
    is_list: bool = False

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quotable stretch and the passage that it was found in."""

    found: ScoredPassage
    quotable: Quotable

    @property
    def places(self) -> tuple[Location, ...]:
        """Where its sentences stand in the document; the same in overlapping passages."""
        return tuple(map(self.place_of, self.quotable.parts))

    @property
    def place(self) -> Location:
        """Where the sentence stands that was looked for."""
        return self.places[0 if self.quotable.is_list else -1]

    def place_of(self, sentence: Sentence) -> Location:
        """Return where a sentence of its passage stands in the document."""
        return self.found.passage.document_id, self.found.passage.start + sentence.start


def candidates(passages: Sequence[ScoredPassage], creator_name: str) -> list[Candidate]:
    """Return what can be quoted from the passages, each place of a document once, from the best passage that has it."""
    seen: dict[Location, Candidate] = {}
    for found in passages:
        place = found.passage.place
        heading = " ".join(place.heading[-1:])
        speakers = creator_name if place.start_seconds is not None else ""
        for quotable in _quotables(found.passage.text, heading, speakers):
            candidate = Candidate(found, quotable)
            seen.setdefault(candidate.place, candidate)
    return list(seen.values())


def titles_apart(candidates: Sequence[Candidate]) -> list[str]:
    """Return the titles of candidates that do not stand in the passage themselves."""
    return [
        title
        for candidate in candidates
        for title in candidate.quotable.over
        if title not in candidate.found.passage.text
    ]


@lru_cache(maxsize=4096)
def _quotables(text: str, heading: str, speakers: str) -> tuple[Quotable, ...]:
    """Return what can be quoted of a text. `speakers` is the creator's name where the text is a transcript."""
    lines = lines_of(text, heading, speakers)
    found = []
    for at, line in enumerate(lines):
        if line.row:
            if parts := _row(lines, at):
                found.append(Quotable(parts, line.over, tuple(_rows_after(lines, at))))
            continue
        listed = _list_from(text, lines, at)
        parts = listed or _standing_alone(lines, at)
        if parts:
            last = max(each for each, line in enumerate(lines) if line.sentence.end <= parts[-1].end)
            found.append(Quotable(parts, line.over, tuple(_after(text, lines, last)), is_list=bool(listed)))
    return tuple(found)


def _row(lines: Sequence[Line], at: int) -> tuple[Sentence, ...]:
    """Return a row of a table behind the table's head, which tells what it says; nothing for the head itself."""
    table = [line for line in lines if line.block == lines[at].block and line.row]
    head, line = table[0], lines[at]
    if len(table) < FEWEST_ROWS or not (line.ours and FEWEST_WORDS <= len(tokens(line.text)) <= MOST_WORDS):
        return ()
    if _DIGIT.search(head.text) or head.text.count("|") != line.text.count("|"):
        return (line.sentence,)
    return () if head is line else (head.sentence, line.sentence)


def _rows_after(lines: Sequence[Line], at: int) -> Iterator[Sentence]:
    for line in lines[at + 1 : at + 1 + MOST_AFTER]:
        if not line.row or line.block != lines[at].block:
            return
        yield line.sentence


def _after(text: str, lines: Sequence[Line], last: int) -> Iterator[Sentence]:
    for at in range(last + 1, min(last + 1 + MOST_AFTER, len(lines))):
        line = lines[at]
        if line.over != lines[last].over or (line.block != lines[last].block and leans_on_before(line.text)):
            return
        if _list_from(text, lines, at):
            return
        if not _is_quotable(line):
            return
        yield line.sentence


def _standing_alone(lines: Sequence[Line], at: int) -> tuple[Sentence, ...]:
    """Return the sentence with those before it that it leans on; nothing where that cannot be had."""
    first = at
    while leans_on_before(lines[first].text):
        first -= 1
        if first < 0 or at - first > MOST_BEFORE or lines[first].block != lines[at].block:
            return ()
    chosen = lines[first : at + 1]
    return tuple(line.sentence for line in chosen) if all(map(_is_quotable, chosen)) else ()


def _is_quotable(line: Line) -> bool:
    text = line.text
    return (
        line.ours
        and not line.aside
        and not line.row
        and FEWEST_WORDS <= len(tokens(text)) <= MOST_WORDS
        and bool(_WHOLE.search(text) or (line.item and text[-1:].isalnum()))
        and not text[:1].islower()
        and text.count('"') % 2 == 0
        and text.count("“") == text.count("”")
        and text.count("(") == text.count(")")
        and not _NOT_PROSE.search(text)
        and has_verb(text)
    )


def _list_from(text: str, lines: Sequence[Line], at: int) -> tuple[Sentence, ...]:
    """Return a line that introduces a list with its items; a long list is one quotation."""
    intro = lines[at].sentence
    items = _items(text, [line for line in lines[at + 1 :] if line.intro == intro.start])
    if not items or lines[at].aside:
        return ()
    parts = (intro, *items)
    if len(items) > MOST_ITEMS:
        parts = (Sentence(intro.start, items[-1].end, text[intro.start : items[-1].end]),)
    length = sum(len(part.text) for part in parts)
    return parts if length <= LONGEST_LIST and not any(_NOT_PROSE.search(part.text) for part in parts) else ()


def _items(text: str, lines: Sequence[Line]) -> list[Sentence]:
    """Return the items of a list; the sentences of one printed line are one item."""
    found: list[Sentence] = []
    for line in lines:
        start, end = line.sentence.start, line.sentence.end
        if found and "\n" not in text[found[-1].end : start]:
            start = found.pop().start
        found.append(Sentence(start, end, text[start:end]))
    return found
