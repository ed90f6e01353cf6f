"""What pages and files carry along and nobody teaches: calls to click, notices of cookies and of rights."""

import re
from collections.abc import Sequence

from coaching.knowledge.ports import Block

_LONGEST = 160
_CLICKS = (
    r"skip to (?:main )?(?:content|navigation)|back to (?:the )?top|top of page|toggle navigation|read more|"
    r"(?:share|print|email|save|bookmark) this(?: page| post| article)?|"
    r"share on (?:facebook|twitter|x|linkedin|whatsapp)|(?:previous|next) (?:post|article|page)|"
    r"leave a (?:comment|reply)|click here|advertisement|accept (?:all )?cookies|manage cookies|"
    r"cookie (?:settings|preferences)|(?:sign|log) (?:in|up|out)|subscribe(?: now| to our newsletter)?|"
    r"loading(?:\.\.\.|…)?"
)
_CALL = re.compile(rf"[\W_]*(?:{_CLICKS})[\W_]*", re.IGNORECASE)
_RESERVED = r"all rights reserved\.?"
_RIGHTS = re.compile(
    rf"\W*(?:copyright|\(c\)|©)[\s\w©()]{{0,20}}\d{{4}}[^.!?]{{0,80}}\.?(?:\s*{_RESERVED})?\W*|"
    rf"(?:\W*(?:copyright|\(c\)|©)[^.!?]{{0,80}}\.?\s*)?\W*{_RESERVED}\W*",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"(?:this (?:web)?site|we) uses? cookies\b.*", re.IGNORECASE | re.DOTALL)


def without_boilerplate(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without paragraphs that are boilerplate as a whole. Other kinds of block are left alone."""
    return [block for block in blocks if block.kind != "paragraph" or not _is_boilerplate(block.text)]


def _is_boilerplate(text: str) -> bool:
    line = " ".join(text.split())
    return len(line) <= _LONGEST and any(pattern.fullmatch(line) for pattern in (_CALL, _RIGHTS, _COOKIES))
