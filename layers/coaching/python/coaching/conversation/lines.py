"""A passage's text as lines that know where they stand: who says them, in which paragraph, under which title."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from coaching.conversation.addressing import addresses_somebody
from coaching.conversation.line import STOP, Line
from coaching.conversation.listing import with_items
from coaching.conversation.sentences import Sentence, sentences
from coaching.conversation.verbs import has_verb
from coaching.safety.words import tokens

TITLE_LENGTH = 90
MOST_TITLE_WORDS = 4
"""Words of a paragraph that is taken for a title in spite of its full stop."""
MOST_LABEL_WORDS = 7
_MARKER = re.compile(r"^(?:[-*•–—‣]|\d{1,3}[.)]|[A-Za-z][.)]|#{1,6}|>)\s+")
_SPEAKER = re.compile(r"^([A-Z][\w'’-]*(?: [A-Z\d][\w'’-]*){0,2}):$")
_OTHERS = "host interviewer guest moderator audience caller client student speaker q"
_SOMEBODY_ELSE = frozenset(_OTHERS.split())
"""Labels under which it is not the creator who speaks, or nobody knows who."""
_BLANK_LINE = re.compile(r"\n\s*\n")
_ROW = re.compile(r"^[^\n|]*\S[^\n|]*(?: \|[^\n|]*)+$|^\|[^\n]*\|[ \t]*$", re.MULTILINE)
_RULER = re.compile(r"[\s|:+-]*")
_ABOUT_THE_READER = re.compile(
    r"You (?!(?:can|may|must|should|need|will|could|might|do|don['’]t|have|are allowed|owe|gain)\b)"
)
"""How a case is named that the paragraph then treats: "You drift off. When you notice it, ..."."""


def lines_of(text: str, heading: str, speakers: str) -> list[Line]:
    """Return the lines of a passage, titles left out.

    `heading` is the one that the passage begins under; `speakers` the creator's name where the text is a transcript.
    """
    return list(
        _under_titles(with_items(list(_with_labels(text, list(_spoken(text, speakers))))), heading, bool(speakers))
    )


def _spoken(text: str, speakers: str) -> Iterator[Line]:
    """Yield the lines with who says them; the speakers' labels are left out."""
    found, names = list(_pieces(text)), frozenset(tokens(speakers))
    labels = [match[1] for sentence, _ in found if (match := _SPEAKER.match(sentence.text))] if speakers else []
    present = frozenset(tokens(" ".join(labels)))
    alone = len(set(labels)) == 1 and _SOMEBODY_ELSE.isdisjoint(present)
    # What a transcript's passage begins with, before the first label, may be anybody's.
    ours = not labels
    block, end, after_row = 0, 0, False
    for sentence, row in found:
        block += bool(_BLANK_LINE.search(text, end, sentence.start)) and not (row and after_row)
        end, after_row = sentence.end, row
        speaker = _SPEAKER.match(sentence.text) if speakers else None
        if speaker:
            ours = alone or not names.isdisjoint(tokens(speaker[1]))
            continue
        marker = None if row else _MARKER.match(sentence.text)
        start = sentence.start + (marker.end() if marker else 0)
        aside = bool(speakers) and addresses_somebody(text[start:end], present)
        yield Line(Sentence(start, end, text[start:end]), block, bool(marker), ours, row=row, aside=aside)


def _pieces(text: str) -> Iterator[tuple[Sentence, bool]]:
    """Yield the sentences and the rows of tables, each with whether it is a row."""
    at = 0
    for row in [*_ROW.finditer(text), None]:
        end = row.start() if row else len(text)
        for each in sentences(text[at:end]):
            yield Sentence(at + each.start, at + each.end, each.text), False
        if row:
            at = row.end()
            if not _RULER.fullmatch(row[0]):
                begin = end + len(row[0]) - len(row[0].lstrip())
                yield Sentence(begin, begin + len(row[0].strip()), row[0].strip()), True


def _with_labels(text: str, lines: Sequence[Line]) -> Iterator[Line]:
    """Join a label or a question that a paragraph begins with to the sentence that follows it.

    "A gap of one or two days. Do an ember next." and "What got in the way? Name facts and places." are one line each.
    """
    label: Line | None = None
    for at, line in enumerate(lines):
        first = at == 0 or lines[at - 1].block != line.block
        follows = at + 1 < len(lines) and lines[at + 1].block == line.block and lines[at + 1].ours == line.ours
        if first and follows and not line.row and line.ours and not line.aside and _is_label(line.text):
            label = line
            continue
        if label:
            start, end = label.sentence.start, line.sentence.end
            line = replace(label, sentence=Sentence(start, end, text[start:end]), aside=label.aside or line.aside)
            label = None
        yield line


def _is_label(text: str) -> bool:
    if text.endswith("?"):
        return True
    runs_in = bool(_ABOUT_THE_READER.match(text)) and len(tokens(text)) <= MOST_LABEL_WORDS
    return text.endswith(".") and (runs_in or not has_verb(text))


def _under_titles(lines: Sequence[Line], heading: str, spoken: bool) -> Iterator[Line]:
    asked: list[str] = []
    answering = False
    for at, line in enumerate(lines):
        if _is_title(lines, at, spoken):
            heading, asked = line.text, []
            continue
        if not line.ours or line.text.endswith("?"):
            asked = [*([] if answering else asked), line.text]
            answering = False
        else:
            answering = True
        yield replace(line, over=tuple(filter(None, [heading, *asked])))


def _is_title(lines: Sequence[Line], at: int, spoken: bool) -> bool:
    """A line alone in its block, short, without a full stop; or, in writing, very short and not the last one."""
    line = lines[at]
    alone = all(lines[other].block != line.block for other in (at - 1, at + 1) if 0 <= other < len(lines))
    if not alone or not line.ours or line.item or line.row or len(line.text) > TITLE_LENGTH:
        return False
    if not STOP.search(line.text):
        return True
    short = len(tokens(line.text)) <= MOST_TITLE_WORDS and line.text.endswith(".")
    return short and not spoken and at + 1 < len(lines)
