"""A document's text, cut into overlapping pieces that know where they stand."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from coaching.knowledge.ports import Block
from coaching.vocabulary import Place

PARAGRAPH = "\n\n"
_VISIBLE = re.compile(r"\S")
_BEGINNINGS = (
    re.compile(r"(?<=\n)[^\S\n]*\S"),
    re.compile(r"(?:(?<=[.!?…]\s)|(?<=[.!?…][\"'”’)]\s))\S"),
    re.compile(r"(?<=\s)\S"),
)
"""Of a line, a sentence, a word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `document_text(blocks)[start:end]`; `place` is that of the block in which it starts.

    `later_places` are the places that begin within it, as offset in `text` and place.
    """

    text: str
    start: int
    end: int
    place: Place
    later_places: tuple[tuple[int, Place], ...] = ()


def document_text(blocks: Sequence[Block]) -> str:
    """Return the blocks' text, headings too, with a blank line between blocks."""
    return PARAGRAPH.join(block.text for block in blocks)


def split(blocks: Sequence[Block], *, size: int = 1000, overlap: int = 200) -> tuple[Piece, ...]:
    """Cut the document's text into pieces of at most `size` characters, in time linear in its length.

    A cut is made at the end of a paragraph where that leaves the piece at least half full, else of a line, else
    of a word, else anywhere; among paragraphs best before a heading, and least of all behind one. A piece repeats at
    most `overlap` characters of the one before, from the start of a heading, paragraph, line, sentence or word on, and
    nothing if it begins with a heading. Every character that is not white space is in some piece.
    Raises: ValueError unless 0 <= overlap < size.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"overlap must be at least 0 and less than size, not {overlap} of {size}")
    cutter = _Cutter(blocks, size, overlap)
    return tuple(
        Piece(
            cutter.text[start:end],
            start,
            end,
            blocks[cutter.block_at(start)].place,
            tuple(_later_places(blocks, cutter, start, end)),
        )
        for start, end in cutter.spans()
    )


def _later_places(blocks: Sequence[Block], cutter: "_Cutter", start: int, end: int) -> Iterator[tuple[int, Place]]:
    first = cutter.block_at(start)
    for index in range(first + 1, cutter.block_at(end - 1) + 1):
        if blocks[index].place != blocks[index - 1].place:
            yield cutter.start_of(index) - start, blocks[index].place


class _Cutter:
    def __init__(self, blocks: Sequence[Block], size: int, overlap: int) -> None:
        self.text = document_text(blocks)
        self._starts = list(accumulate((len(block.text) + len(PARAGRAPH) for block in blocks[:-1]), initial=0))
        self._is_heading = [block.kind == "heading" for block in blocks]
        self._size = size
        self._overlap = overlap

    def block_at(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1

    def start_of(self, block: int) -> int:
        return self._starts[block]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each piece, without white space around it."""
        start = fresh = self._visible_from(0)
        while fresh is not None and start is not None:
            end = self._end(start, fresh)
            yield start, start + len(self.text[start:end].rstrip())
            fresh = self._visible_from(end)
            start = None if fresh is None else self._next_start(start, end, fresh)

    def _visible_from(self, position: int) -> int | None:
        found = _VISIBLE.search(self.text, position)
        return found.start() if found else None

    def _end(self, start: int, fresh: int) -> int:
        """Return where the piece that begins at `start` ends; what stands before `fresh` is in the piece before."""
        limit = start + self._size
        if limit >= len(self.text):
            return len(self.text)
        lowest = max(fresh + 1, start + self._size // 2)
        for end in (
            self._block_end(lowest, limit),
            self._last(PARAGRAPH, lowest, limit),
            self._last("\n", lowest, limit),
        ):
            if end is not None:
                return end
        return self._word_end(fresh, limit)

    def _block_end(self, lowest: int, limit: int) -> int | None:
        following = range(
            bisect_left(self._starts, lowest + len(PARAGRAPH)), bisect_right(self._starts, limit + len(PARAGRAPH))
        )
        if not following:
            return None
        headings = self._is_heading
        sections = (index for index in reversed(following) if headings[index] and not headings[index - 1])
        others = (index for index in reversed(following) if not headings[index - 1])
        best = next(sections, None) or next(others, None) or following[-1]
        return self._starts[best] - len(PARAGRAPH)

    def _last(self, separator: str, lowest: int, limit: int) -> int | None:
        found = self.text.rfind(separator, lowest, limit + len(separator))
        return found if found >= 0 else None

    def _word_end(self, fresh: int, limit: int) -> int:
        reachable = self.text[fresh : limit + 1]
        if reachable[-1].isspace():
            return limit
        _, *torn = reachable.rsplit(maxsplit=1)
        return limit + 1 - len(torn[0]) if torn else limit

    def _next_start(self, start: int, end: int, fresh: int) -> int:
        if self._begins_heading(fresh):
            return fresh
        lowest = max(end - self._overlap, start + 1)
        beginning = self._beginning(lowest, end)
        if beginning is None:
            beginning = fresh if fresh > end or self.text[end - 1].isspace() else lowest
        return beginning if fresh < beginning + self._size else fresh

    def _begins_heading(self, position: int) -> bool:
        index = self.block_at(position)
        return self._is_heading[index] and not self.text[self._starts[index] : position].strip()

    def _beginning(self, lowest: int, end: int) -> int | None:
        """Return the best place to begin from `lowest` on and before `end`."""
        within = range(bisect_left(self._starts, lowest), bisect_left(self._starts, end))
        blocks = [index for index in within if self._is_heading[index]] or within
        if blocks:
            return self._visible_before(self._starts[blocks[0]], end)
        for pattern in _BEGINNINGS:
            if found := pattern.search(self.text, lowest, end):
                return found.end() - 1
        return None

    def _visible_before(self, position: int, end: int) -> int | None:
        found = self._visible_from(position)
        return found if found is not None and found < end else None
