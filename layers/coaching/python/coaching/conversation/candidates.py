"""What of a passage can be quoted: whole sentences of the creator's that can stand where they will be put."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coaching.conversation.lines import Line, lines_of
from coaching.conversation.references import leans_on_before
from coaching.conversation.sentences import Sentence
from coaching.conversation.verbs import has_verb
from coaching.safety.words import tokens
from coaching.vocabulary import DocumentId, ScoredPassage

FEWEST_WORDS, MOST_WORDS = 3, 60
LONGEST_LIST = 480
"""Characters of a list that is quoted whole with the line that introduces it."""
MOST_AFTER = 3
"""Sentences behind one that may be quoted together with it."""
MOST_BEFORE = 2
"""Sentences that are taken along for the sake of one that leans on them; with more, it is left out."""
_WHOLE = re.compile(r"[.!…][\"”’')]*$")
_NOT_PROSE = re.compile(r"\||_{3,}|\[\d+\]|https?://|\t| {3,}")

Location = tuple[DocumentId, int]


@dataclass(frozen=True, slots=True)
class Quotable:
    """A stretch of a passage that can stand alone, in sentences that are quoted one by one.

    The last part is the one that was looked for; those before it are there because it leans on them.
    `around` is its paragraph, `heading` what stands over it: the title, and the question that it answers. `before` is
    the sentence in front of it, where that can stand alone; `after` are those that follow it, under the same title.
    """

    parts: tuple[Sentence, ...]
    around: str
    heading: str
    before: tuple[Sentence, ...] = ()
    after: tuple[Sentence, ...] = ()

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
            seen.setdefault(candidate.places[-1], candidate)
    return list(seen.values())


@lru_cache(maxsize=4096)
def _quotables(text: str, heading: str, speakers: str) -> tuple[Quotable, ...]:
    """Return what can be quoted of a text. `speakers` is the creator's name where the text is a transcript."""
    lines = lines_of(text, heading, speakers)
    blocks: dict[int, str] = {}
    for line in lines:
        blocks[line.block] = f"{blocks.get(line.block, '')} {line.text}".strip()
    found = []
    for at, line in enumerate(lines):
        parts = _list_from(text, lines, at) or _standing_alone(lines, at)
        if parts:
            before, after = _neighbours(text, lines, parts)
            found.append(Quotable(parts, blocks[line.block], line.over, before, after))
    return tuple(found)


def _neighbours(
    text: str, lines: Sequence[Line], parts: tuple[Sentence, ...]
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """Return the sentence before the parts, where it can stand alone, and those right after them."""
    first = next(at for at, line in enumerate(lines) if line.sentence.start == parts[0].start)
    last = max(at for at, line in enumerate(lines) if line.sentence.end <= parts[-1].end)
    before: tuple[Sentence, ...] = ()
    if first and lines[first - 1].block == lines[first].block and len(_standing_alone(lines, first - 1)) == 1:
        before = (lines[first - 1].sentence,)
    return before, tuple(_after(text, lines, last))


def _after(text: str, lines: Sequence[Line], last: int) -> Iterator[Sentence]:
    for at in range(last + 1, min(last + 1 + MOST_AFTER, len(lines))):
        line = lines[at]
        if line.over != lines[last].over or (line.block != lines[last].block and leans_on_before(line.text)):
            return
        if listed := _list_from(text, lines, at):
            yield from listed
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
        and FEWEST_WORDS <= len(tokens(text)) <= MOST_WORDS
        and bool(_WHOLE.search(text))
        and not text[:1].islower()
        and text.count('"') % 2 == 0
        and text.count("“") == text.count("”")
        and text.count("(") == text.count(")")
        and not _NOT_PROSE.search(text)
        and has_verb(text)
    )


def _list_from(text: str, lines: Sequence[Line], at: int) -> tuple[Sentence, ...]:
    """Return a line that introduces a list together with the whole list, as one quotation."""
    line = lines[at]
    if not line.ours or not line.text.endswith(":") or leans_on_before(line.text) or not has_verb(line.text):
        return ()
    last = at
    while last + 1 < len(lines) and (lines[last + 1].item or lines[last + 1].text[:1].islower()):
        last += 1
    start, end = line.sentence.start, lines[last].sentence.end
    if last == at or end - start > LONGEST_LIST or _NOT_PROSE.search(text, start, end):
        return ()
    return (Sentence(start, end, text[start:end]),)
