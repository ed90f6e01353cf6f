"""Where a text is cut: at the best boundary that leaves a piece neither too long nor half empty."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from coaching.knowledge.boundaries import Rank, ranks
from coaching.knowledge.embedding_text import lead
from coaching.knowledge.ports import Block, TokenLimit

PARAGRAPH = "\n\n"
_VISIBLE = re.compile(r"\S")
_BEGINNINGS = (
    re.compile(r"(?<=\n)[^\S\n]*\S"),
    re.compile(r"(?:(?<=[.!?…]\s)|(?<=[.!?…][\"'”’)]\s))\S"),
    re.compile(r"(?<=\s)\S"),
)
"""Of a line, a sentence, a word."""


def document_text(blocks: Sequence[Block]) -> str:
    """Return the blocks' text, headings too, with a blank line between blocks."""
    return PARAGRAPH.join(block.text for block in blocks)


class Cutter:
    """Cuts one section. Positions count from the section's first character."""

    def __init__(self, blocks: Sequence[Block], size: int, overlap: int, tokens: TokenLimit | None) -> None:
        self.text = document_text(blocks)
        self._blocks = blocks
        self._starts = list(accumulate((len(block.text) + len(PARAGRAPH) for block in blocks[:-1]), initial=0))
        self._margins = [len(block.text) - len(block.text.lstrip()) for block in blocks]
        self._ranks = ranks(blocks)
        self._size = self._likely = size
        self._overlap = overlap
        self._tokens = tokens

    def block_at(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1

    def start_of(self, block: int) -> int:
        return self._starts[block]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each piece, without white space around it."""
        start = fresh = self._visible_from(0)
        limit = None if start is None else self._limit(start)
        while fresh is not None and start is not None and limit is not None:
            end = self._end(start, fresh, limit)
            yield start, start + len(self.text[start:end].rstrip())
            fresh = self._visible_from(end)
            if fresh is not None:
                start, limit = self._next(start, end, fresh, limit)

    def _visible_from(self, position: int) -> int | None:
        found = _VISIBLE.search(self.text, position)
        return found.start() if found else None

    def _limit(self, start: int) -> int:
        """Return how far a piece that begins at `start` may reach."""
        if self._tokens is None:
            return start + self._size
        # Where a thousand characters are a thousand tokens, most of them need not be counted each time.
        for length in sorted({self._likely, self._size}):
            text = self.text[start : start + length]
            before = lead(self._blocks[self.block_at(start)].place.heading, text)
            reach = max(self._tokens.reach(before + text) - len(before), 1)
            if reach < len(text):
                self._likely = min(2 * reach, self._size)
                return start + reach
        return start + self._size

    def _end(self, start: int, fresh: int, limit: int) -> int:
        """Return where the piece that begins at `start` ends; what stands before `fresh` is in the piece before."""
        if limit >= len(self.text):
            return len(self.text)
        lowest = max(fresh + 1, (start + limit) // 2)
        for end in (
            self._turn_end(max(fresh + 1, start + (limit - start) // 4), limit),
            self._block_end(lowest, limit),
            self._last(PARAGRAPH, lowest, limit),
            self._last("\n", lowest, limit),
        ):
            if end is not None:
                return end
        return self._word_end(fresh, limit)

    def _turn_end(self, lowest: int, limit: int) -> int | None:
        """Return the end of the last whole turn: a turn that does not fit is worth a piece that is not half full."""
        turns = (index for index in reversed(self._beginning_within(lowest, limit)) if self._ranks[index] == Rank.TURN)
        return self._end_before(next(turns, None))

    def _block_end(self, lowest: int, limit: int) -> int | None:
        best = max(self._beginning_within(lowest, limit), key=lambda index: (self._ranks[index], index), default=None)
        return self._end_before(best)

    def _beginning_within(self, lowest: int, limit: int) -> range:
        """Return the blocks before which a cut would end a piece at `lowest` to `limit`."""
        return range(
            bisect_left(self._starts, lowest + len(PARAGRAPH)), bisect_right(self._starts, limit + len(PARAGRAPH))
        )

    def _end_before(self, block: int | None) -> int | None:
        return None if block is None else self._starts[block] - len(PARAGRAPH)

    def _last(self, separator: str, lowest: int, limit: int) -> int | None:
        found = self.text.rfind(separator, lowest, limit + len(separator))
        return found if found >= 0 else None

    def _word_end(self, fresh: int, limit: int) -> int:
        reachable = self.text[fresh : limit + 1]
        if reachable[-1].isspace():
            return limit
        _, *torn = reachable.rsplit(maxsplit=1)
        return limit + 1 - len(torn[0]) if torn else limit

    def _next(self, start: int, end: int, fresh: int, limit: int) -> tuple[int, int]:
        """Return where the next piece begins and how far it may reach."""
        # Of a text that is dense in tokens, pieces are shorter, and so is what they share.
        overlap = self._overlap * (limit - start) // self._size
        beginning = self._beginning(max(end - overlap, start + 1), end, fresh)
        reach = self._limit(beginning)
        return (beginning, reach) if fresh < reach else (fresh, self._limit(fresh))

    def _beginning(self, lowest: int, end: int, fresh: int) -> int:
        """Return the best place to begin, from `lowest` on."""
        rank = self._rank_at(fresh)
        if rank == Rank.HEADING:
            return fresh
        within = range(bisect_left(self._starts, lowest), bisect_left(self._starts, end))
        blocks = [index for index in within if self._ranks[index] == Rank.HEADING] or within
        if rank == Rank.TURN:
            blocks = [index for index in within if self._ranks[index] == Rank.TURN]
        if blocks:
            found = self._visible_from(self._starts[blocks[0]])
            return found if found is not None and found < end else fresh
        if rank == Rank.TURN:
            return fresh
        for pattern in _BEGINNINGS:
            if match := pattern.search(self.text, lowest, end):
                return match.end() - 1
        return fresh if fresh > end or self.text[end - 1].isspace() else lowest

    def _rank_at(self, position: int) -> Rank | None:
        """Return the rank of the block that begins at `position`, None within one."""
        index = self.block_at(position)
        return self._ranks[index] if position == self._starts[index] + self._margins[index] else None
