"""Where a document falls apart by its own structure: sections by headings, turns by speakers, lists, paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum

from coaching.knowledge.ports import Block

_SPEAKER = re.compile(r"([^\W\d_][^:\n]{0,40}): ")


class Rank(IntEnum):
    """How good it is to cut before a block."""

    BEHIND_HEADING = 0
    """The heading would stand alone."""
    WITHIN = 1
    """In the middle of a list, of a table or of what one speaker says."""
    PARAGRAPH = 2
    TURN = 3
    """Another speaker begins."""
    HEADING = 4


def sections(blocks: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Yield the parts that no passage may leave: each begins with a top heading, but for what stands before the first.

    Top headings are those of the outermost level that has more than one, and all further out: a title alone makes no
    sections. Headings in a row begin one section together.
    """
    depths = [len(block.place.heading) or 1 if block.kind == "heading" else None for block in blocks]
    repeated = [depth for depth, count in Counter(depths).items() if depth is not None and count > 1]
    top = min(repeated, default=0)
    begins = 0
    for index, depth in enumerate(depths):
        if index and depth is not None and depth <= top and depths[index - 1] is None:
            yield blocks[begins:index]
            begins = index
    if begins < len(blocks):
        yield blocks[begins:]


def ranks(blocks: Sequence[Block]) -> list[Rank]:
    """Return for each block how good a cut before it is, by its kind and its neighbour's."""
    speakers = _speakers(blocks)
    return [_rank(blocks[index - 1] if index else None, block, speakers) for index, block in enumerate(blocks)]


def _rank(before: Block | None, block: Block, speakers: frozenset[str]) -> Rank:
    if before is not None and before.kind == "heading":
        return Rank.BEHIND_HEADING
    match block.kind:
        case "heading":
            return Rank.HEADING
        case "speech" if speakers:
            return Rank.TURN if _speaker(block) in speakers else Rank.WITHIN
        case "list_item" | "table":
            return Rank.WITHIN
        case _:
            return Rank.PARAGRAPH


def _speakers(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the names before a colon that come again: "Remember: ..." names nobody."""
    names = Counter(name for block in blocks if block.kind == "speech" and (name := _speaker(block)))
    return frozenset(name for name, count in names.items() if count > 1)


def _speaker(block: Block) -> str:
    found = _SPEAKER.match(block.text)
    return found[1] if found else ""
