"""Collects blocks in reading order and knows under which headings each one stands."""

from coaching.knowledge.ports import Block, BlockKind
from coaching.vocabulary import Place


class Outline:
    """The blocks read so far. Text that is only white space is not a block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.page: int | None = None
        self._open: list[tuple[int, str]] = []

    @property
    def opening_heading(self) -> str | None:
        """The heading with which the document begins, if it begins with one."""
        return self.blocks[0].text if self.blocks and self.blocks[0].kind == "heading" else None

    def heading(self, level: int, text: str, anchor: str = "") -> None:
        """Add a heading; it closes the headings of its own and deeper levels (1 is outermost).

        `anchor` is the id that the document itself gives it.
        """
        folded = fold(text)
        if not folded:
            return
        self.close(level)
        self._open.append((level, folded))
        self.add(folded, "heading", anchor)

    def close(self, level: int) -> None:
        """End the headings of this and deeper levels."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()

    def add(self, text: str, kind: BlockKind = "paragraph", anchor: str = "") -> None:
        if text.strip():
            heading = tuple(title for _, title in self._open)
            self.blocks.append(Block(text, kind, Place(page=self.page, heading=heading, anchor=anchor)))


def fold(text: str) -> str:
    """Return the text on one line, each run of white space a single space."""
    return " ".join(text.split())
