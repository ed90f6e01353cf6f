"""Where sentences end: in prose, lists, quotations and transcripts, in a whole text and in one that still arrives.

Every decision looks back as far as the sentence's own beginning and forward no further than the next word, so a
streamed text is cut exactly where the whole one would be. The rules are for European languages; a language that
does not set spaces is cut at its own full stops.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_ASIDE = 400
"""Characters after which an open quotation or bracket no longer keeps a sentence together (it was never closed)."""
SHORT_LINE = 60
"""A line under this length without a full stop, before a capital letter, is a line of its own (a title, a verse)."""

_WORD = re.compile(r"\S+")
_STOP_OR_SIGN = re.compile(r"[.!?…]+|[。！？]|[\"“”„()\[\]]|\n")
_CLOSERS = "\"“”’'»)]*_`"
_OPENERS = "\"“„‘'«([*_`¿¡"
_LABEL = re.compile(r"[ \t]*([A-Z][\w'’-]*(?: [A-Z\d][\w'’-]*){0,2}:)[ \t]+[\"“]?[A-Z]")
_LIST_MARKER = re.compile(r"(?:[-*•–—‣]|\d{1,3}[.)]|[A-Za-z][.)]|#{1,6}|>|\|)$")
_LINE_END = re.compile(r"[.!?…:;][\"“”’'»)\]*_`]*$")
_BARE_NUMBER = re.compile(r"[\s*_(#>-]*(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})$")
_INITIAL = re.compile(r"(?:^|[\s(\"“])[A-Z]$")
_SHORTENED = """
    mr mrs ms dr prof st mt sr jr vs cf ca approx no nos fig figs vol ch chap pp ed eds min max dept est
    jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e a.m p.m u.s u.k ph.d z.b d.h bzw
"""
_ENDING = "no min max a.m p.m u.s u.k ph.d ca st ch ed est mar mt sr jr"
"""Abbreviations that end a sentence or are words as well: before a capital letter they end it."""
_ABBREVIATIONS, _MAY_END = frozenset(_SHORTENED.split()), frozenset(_ENDING.split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands: `text[start:end]`, without the white space around it."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text` in order. A speaker's label ("Ana:") stands by itself."""
    return [Sentence(start, end, text[start:end]) for start, end in _spans(text, 0, final=True)]


class SentenceStream:
    """Cuts a text that arrives in fragments.

    Each piece is a sentence with the white space before it, so that the pieces joined are the text; its trailing
    white space is dropped.
    """

    def __init__(self) -> None:
        self._text = ""
        self._done = 0

    def feed(self, fragment: str) -> list[str]:
        """Take the next fragment and return the pieces that are complete now."""
        self._text += fragment
        return self._release(final=False)

    def close(self) -> list[str]:
        """Return what is left."""
        return self._release(final=True)

    def _release(self, *, final: bool) -> list[str]:
        pieces = []
        for _, end in _spans(self._text, self._done, final=final):
            pieces.append(self._text[self._done : end])
            self._done = end
        return pieces


def _spans(text: str, position: int, *, final: bool) -> Iterator[tuple[int, int]]:
    while True:
        start = _skip_space(text, position)
        if start == len(text):
            return
        end = _end_of_sentence(text, start, final=final)
        if end is None:
            return
        yield start, end
        position = end


def _end_of_sentence(text: str, start: int, *, final: bool) -> int | None:
    """Return where the sentence that begins at `start` ends; None where more text is needed to tell."""
    label = _LABEL.match(text, start) if _at_line_start(text, start) else None
    if label:
        return label.end(1)
    aside = _Aside()
    position = start
    while sign := _STOP_OR_SIGN.search(text, position):
        position = sign.end()
        if sign[0] in '"“”„()[]':
            aside.pass_sign(text, sign.start())
            continue
        end = sign.start() if sign[0] == "\n" else _after_closers(text, position, aside)
        verdict = _Place(text, start, sign.start(), end, final=final).ends(sign[0], inside=aside.holds(end))
        if verdict is None:
            return None
        if verdict:
            return _trimmed(text, start, end)
        position = max(position, end)
    return _trimmed(text, start, len(text)) if final else None


class _Aside:
    """Whether a quotation or a bracket is open."""

    def __init__(self) -> None:
        self._quote = -1
        self._bracket = -1

    def pass_sign(self, text: str, at: int) -> None:
        sign = text[at]
        if sign == '"':
            inch = self._quote < 0 and at > 0 and text[at - 1].isdigit()
            self._quote = -1 if self._quote >= 0 or inch else at
        elif sign in "“„":
            # A German quotation closes with the sign that opens an English one.
            self._quote = -1 if sign == "“" and self._quote >= 0 and text[self._quote] == "„" else at
        elif sign == "”":
            self._quote = -1
        elif sign in "([":
            opens = (at == 0 or text[at - 1].isspace()) and text[at + 1 : at + 2].strip() != ""
            self._bracket = at if opens else self._bracket
        else:
            self._bracket = -1

    def holds(self, position: int) -> bool:
        return any(0 <= opened > position - LONGEST_ASIDE for opened in (self._quote, self._bracket))


class _Place:
    """A place where the sentence that began at `start` may end: sign at `sign`, closers up to `end`."""

    def __init__(self, text: str, start: int, sign: int, end: int, *, final: bool) -> None:
        self._text = text
        self._start = start
        self._sign = sign
        self._end = end
        self._final = final

    def ends(self, sign: str, *, inside: bool) -> bool | None:
        """Return whether it ends here; None where the next word has not arrived."""
        if sign == "\n":
            return self._line_ends(inside=inside)
        if sign in "。！？":
            return None if self._end == len(self._text) and not self._final else not inside
        if self._end < len(self._text) and not self._text[self._end].isspace():
            return False
        if inside:
            return False
        following = self._next_word()
        if following is None:
            return None
        return self._stop_ends(sign, following)

    def _stop_ends(self, sign: str, following: str) -> bool:
        if not following:
            return True
        new_line = "\n" in self._text[self._end : _skip_space(self._text, self._end)]
        if new_line and _LIST_MARKER.match(following):
            return True
        before = self._text[self._start : self._sign]
        if sign == "." and self._continues(before, following):
            return False
        return not _begins_small(following)

    def _continues(self, before: str, following: str) -> bool:
        """Whether this full stop belongs to an enumerator, an initial or an abbreviation."""
        if _BARE_NUMBER.match(before):
            return True
        word = re.split(r"[\s(\"“]", before)[-1].lower()
        if word in _ABBREVIATIONS:
            return not (word in _MAY_END and following[:1].isupper())
        return bool(_INITIAL.search(before)) and not before.endswith((" I", "\nI")) and before != "I"

    def _line_ends(self, *, inside: bool) -> bool | None:
        rest = _skip_space(self._text, self._end)
        if self._text.count("\n", self._end, rest) > 1:
            return True
        following = self._next_word()
        if following is None:
            return None
        if not following or _LIST_MARKER.match(following):
            return True
        if inside:
            return False
        line = self._text[self._text.rfind("\n", 0, self._end) + 1 : self._end].rstrip()
        if following.endswith(":") and following[0].isupper():
            return True
        return not _begins_small(following) and (len(line) < SHORT_LINE or bool(_LINE_END.search(line)))

    def _next_word(self) -> str | None:
        """Return the word after this place, "" at the end of the text, None where it is not there whole."""
        begin = _skip_space(self._text, self._end)
        word = _WORD.match(self._text, begin)
        end = word.end() if word else begin
        if end == len(self._text) and not self._final:
            return None
        return self._text[begin:end]


def _after_closers(text: str, position: int, aside: _Aside) -> int:
    while position < len(text) and text[position] in _CLOSERS:
        if text[position] in '"“”)]':
            aside.pass_sign(text, position)
        position += 1
    return position


def _begins_small(word: str) -> bool:
    return word.lstrip(_OPENERS)[:1].islower()


def _at_line_start(text: str, start: int) -> bool:
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def _skip_space(text: str, position: int) -> int:
    visible = _WORD.search(text, position)
    return visible.start() if visible else len(text)


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())
