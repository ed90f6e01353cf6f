"""Blocks as they were extracted to blocks as they are quoted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from coaching.knowledge.boilerplate import without_boilerplate
from coaching.knowledge.hyphens import Hyphens
from coaching.knowledge.page_furniture import without_furniture
from coaching.knowledge.ports import Block, BlockKind
from coaching.vocabulary import Place

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e01ef]"
)
# Joiners shape words in Persian and Indic scripts and join emoji; between Latin letters they only hide.
_IDLE_JOINER = re.compile("(?<![^\x00-\u02ff])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u02ff])")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]?\s*$")
_RUNNING_ON: tuple[BlockKind, ...] = ("paragraph", "list_item")


def clean(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with readable text, in the same order and of the same kinds; empty ones are left out.

    Text is Unicode NFC without control and zero-width characters. Lines within a block become one, words torn at line
    ends are joined, and white space is single; code keeps its own, but for repeated blank lines. Running headers,
    footers, page numbers and boilerplate are removed, and a paragraph that runs over a page's end is one block with the
    place where it begins.
    """
    visible = [replace(block, text=_visible(block.text)) for block in blocks]
    content = without_boilerplate(without_furniture(visible))
    whole = _joined_over_pages([block for block in content if block.text.strip()])
    hyphens = Hyphens([block.text for block in whole])
    cleaned = (replace(block, text=_tidy(block, hyphens), place=_clean_place(block.place)) for block in whole)
    return tuple(block for block in cleaned if block.text)


def _visible(text: str) -> str:
    text = _LINE_END.sub("\n", text)
    text = _IDLE_JOINER.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text).translate(_LIGATURES)


def _tidy(block: Block, hyphens: Hyphens) -> str:
    if block.kind == "code":
        return _BLANK_LINES.sub("\n\n", block.text.strip("\n").rstrip())
    return " ".join(hyphens.join(block.text).split())


def _clean_place(place: Place) -> Place:
    if not place.heading:
        return place
    titles = (" ".join(_visible(title).replace("\u00ad", "").split()) for title in place.heading)
    return replace(place, heading=tuple(title for title in titles if title))


def _joined_over_pages(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if joined and _runs_on(joined[-1], block):
            joined[-1] = replace(joined[-1], text=joined[-1].text + "\n" + block.text)
        else:
            joined.append(block)
    return joined


def _runs_on(before: Block, block: Block) -> bool:
    if before.place.page is None or block.place.page != before.place.page + 1:
        return False
    begins_inside = block.kind == "paragraph" and block.text.lstrip()[0].islower()
    return begins_inside and before.kind in _RUNNING_ON and not _ENDS.search(before.text)
