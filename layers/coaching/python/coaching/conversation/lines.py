"""A passage's text as lines that know where they stand: who says them, in which paragraph, under which title."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coaching.conversation.sentences import Sentence, sentences
from coaching.conversation.verbs import has_verb
from coaching.safety.words import tokens

TITLE_LENGTH = 90
_MARKER = re.compile(r"^(?:[-*•–—‣]|\d{1,3}[.)]|[A-Za-z][.)]|#{1,6}|>)\s+")
_SPEAKER = re.compile(r"^([A-Z][\w'’-]*(?: [A-Z][\w'’-]*){0,2}):$")
_BLANK_LINE = re.compile(r"\n\s*\n")
_STOP = re.compile(r"[.!?:,;…][\"”’')]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence without its list marker. `block` numbers the paragraphs, `item` says that it stood in a list.

    `ours`: the creator says it. `over` is what stands over it: the title, and the question that it answers.
    """

    sentence: Sentence
    block: int
    item: bool = False
    ours: bool = True
    over: str = ""

    @property
    def text(self) -> str:
        return self.sentence.text


def lines_of(text: str, heading: str, speakers: str) -> list[Line]:
    """Return the lines of a passage, titles left out.

    `heading` is the one that the passage begins under; `speakers` the creator's name where the text is a transcript.
    """
    return list(_under_titles(list(_with_labels(text, list(_spoken(text, speakers)))), heading))


def _spoken(text: str, speakers: str) -> Iterator[Line]:
    """Yield the lines with who says them; the speakers' labels are left out."""
    found, names = sentences(text), frozenset(tokens(speakers))
    # What a transcript's passage begins with, before the first label, may be anybody's.
    ours = not (speakers and any(_SPEAKER.match(sentence.text) for sentence in found))
    block, end = 0, 0
    for sentence in found:
        block += bool(_BLANK_LINE.search(text, end, sentence.start))
        end = sentence.end
        speaker = _SPEAKER.match(sentence.text) if speakers else None
        if speaker:
            ours = not names.isdisjoint(tokens(speaker[1]))
            continue
        marker = _MARKER.match(sentence.text)
        start = sentence.start + (marker.end() if marker else 0)
        yield Line(Sentence(start, end, text[start:end]), block, bool(marker), ours)


def _with_labels(text: str, lines: Sequence[Line]) -> Iterator[Line]:
    """Join a label or a question that a paragraph begins with to the sentence that follows it.

    "A gap of one or two days. Do an ember next." and "What got in the way? Name facts and places." are one line each.
    """
    label: Line | None = None
    for at, line in enumerate(lines):
        first = at == 0 or lines[at - 1].block != line.block
        follows = at + 1 < len(lines) and lines[at + 1].block == line.block and lines[at + 1].ours == line.ours
        labels = line.text.endswith("?") or (line.text.endswith(".") and not has_verb(line.text))
        if first and follows and labels and line.ours:
            label = line
            continue
        if label:
            start, end = label.sentence.start, line.sentence.end
            line = replace(label, sentence=Sentence(start, end, text[start:end]))
            label = None
        yield line


def _under_titles(lines: Sequence[Line], heading: str) -> Iterator[Line]:
    asked: list[str] = []
    answering = False
    for at, line in enumerate(lines):
        if _is_title(lines, at):
            heading, asked = line.text, []
            continue
        if not line.ours or line.text.endswith("?"):
            asked = [*([] if answering else asked), line.text]
            answering = False
        else:
            answering = True
        yield replace(line, over=" ".join(filter(None, [heading, *asked])))


def _is_title(lines: Sequence[Line], at: int) -> bool:
    """A line alone in its block, short, without a full stop."""
    line = lines[at]
    alone = all(lines[other].block != line.block for other in (at - 1, at + 1) if 0 <= other < len(lines))
    return alone and line.ours and not line.item and len(line.text) <= TITLE_LENGTH and not _STOP.search(line.text)
