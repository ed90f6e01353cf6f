"""A document's text, cut into overlapping pieces that know where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coaching.knowledge.anchors import anchored
from coaching.knowledge.boundaries import sections
from coaching.knowledge.cutting import PARAGRAPH, Cutter, document_text
from coaching.knowledge.ports import Block, TokenLimit
from coaching.vocabulary import Place

__all__ = ["Piece", "document_text", "split"]


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is `document_text(blocks)[start:end]`; `place` is that of the block in which it starts.

    `later_places` are the places that begin within it, as offset in `text` and place. Places have their anchors.
    """

    text: str
    start: int
    end: int
    place: Place
    later_places: tuple[tuple[int, Place], ...] = ()


def split(
    blocks: Sequence[Block], *, size: int = 1000, overlap: int = 200, tokens: TokenLimit | None = None
) -> tuple[Piece, ...]:
    """Cut the document's text into pieces of at most `size` characters, in time linear in its length.

    No piece crosses a top heading (`sections`), and with `tokens` none is longer than the embedder reads at once, the
    headings before it included. Of what remains, a cut is made where it is best (`ranks`): before a heading, another
    speaker's turn, a paragraph, within a list; a piece is at least half full then, or a quarter where whole turns are
    kept. Else it is made at the end of a line, of a word, else anywhere. A piece repeats at most `overlap` characters
    of the one before, from the start of a heading, paragraph, line, sentence or word on; where a turn begins, whole
    turns; and nothing if it begins with a heading. Every character that is not white space is in some piece.
    Raises: ValueError unless 0 <= overlap < size.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"overlap must be at least 0 and less than size, not {overlap} of {size}")
    return tuple(_pieces(blocks, size, overlap, tokens))


def _pieces(blocks: Sequence[Block], size: int, overlap: int, tokens: TokenLimit | None) -> Iterator[Piece]:
    offset = 0
    for section in sections(anchored(blocks)):
        cutter = Cutter(section, size, overlap, tokens)
        for start, end in cutter.spans():
            yield Piece(
                cutter.text[start:end],
                offset + start,
                offset + end,
                section[cutter.block_at(start)].place,
                tuple(_later_places(section, cutter, start, end)),
            )
        offset += len(cutter.text) + len(PARAGRAPH)


def _later_places(blocks: Sequence[Block], cutter: Cutter, start: int, end: int) -> Iterator[tuple[int, Place]]:
    first = cutter.block_at(start)
    for index in range(first + 1, cutter.block_at(end - 1) + 1):
        if blocks[index].place != blocks[index - 1].place:
            yield cutter.start_of(index) - start, blocks[index].place
