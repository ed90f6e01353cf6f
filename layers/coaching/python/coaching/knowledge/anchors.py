"""Where a page shows a heading: the ids to which links lead."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from coaching.knowledge.ports import Block


def anchored(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks, each with the anchor of the heading under which it stands.

    A heading keeps the id that its own page gave it. Another gets the slug that GitHub and most renderers of Markdown
    make, with `-1`, `-2` behind it where the slug was there before.
    """
    return tuple(_anchored(blocks))


def slug(heading: str) -> str:
    """Return the heading in lower case, without punctuation, with hyphens for spaces. Source: github-slugger."""
    kept = (character for character in heading.strip().lower() if character in " -" or _is_word(character))
    return "".join(kept).replace(" ", "-")


def _anchored(blocks: Sequence[Block]) -> Iterator[Block]:
    taken = {block.place.anchor: 0 for block in blocks if block.kind == "heading" and block.place.anchor}
    anchor = ""
    for block in blocks:
        if block.kind == "heading":
            anchor = block.place.anchor or _free(slug(block.text), taken)
        yield replace(block, place=replace(block.place, anchor=block.place.anchor or anchor))


def _free(wanted: str, taken: dict[str, int]) -> str:
    anchor = wanted
    while anchor in taken:
        taken[wanted] += 1
        anchor = f"{wanted}-{taken[wanted]}"
    taken[anchor] = 0
    return anchor


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or unicodedata.category(character) == "Pc"
