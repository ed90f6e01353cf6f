"""Markdown (CommonMark with tables): headings, paragraphs, list items, table rows and code, without their marks."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coaching.adapters.extraction import html
from coaching.adapters.extraction.outline import Outline, fold
from coaching.adapters.extraction.site_marks import without_site_marks
from coaching.knowledge.ports import BlockKind, Extracted

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?=[\w.-]+[ \t]*:|#)(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title[ \t]*:[ \t]*(.+)$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]{1,999}\]:[ \t]*\S[^\n]*$", re.MULTILINE)
_CHUNK_CHARACTERS = 256 * 1024


def read(text: str) -> Extracted:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title, body = _without_front_matter(text)
    body = without_site_marks(body)
    outline = Outline()
    parser = _parser()
    # Links may be defined anywhere in a file that is parsed in chunks.
    definitions: dict[str, object] = {}
    parser.parse("\n".join(_REFERENCE.findall(body)), definitions)
    for chunk in _chunks(body):
        _Reader(outline).read(parser.parse(chunk, definitions))
    return Extracted(tuple(outline.blocks), title or outline.opening_heading)


def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _without_front_matter(text: str) -> tuple[str | None, str]:
    found = _FRONT_MATTER.match(text)
    if found is None:
        return None, text
    title = _FRONT_TITLE.search(found.group(1))
    return (title.group(1).strip().strip("\"'") or None if title else None), text[found.end() :]


def _chunks(body: str) -> Iterator[str]:
    """Cut a long file at blank lines outside code fences: the parser needs some hundred bytes per character."""
    chunk: list[str] = []
    size = 0
    fence = ""
    for line in body.splitlines(keepends=True):
        chunk.append(line)
        size += len(line)
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        if size >= _CHUNK_CHARACTERS and not fence and not line.strip():
            yield "".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield "".join(chunk)


class _Reader:
    """Walks the parser's flat list of tokens."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._list_depth = 0
        self._heading_level = 0
        self._cells: list[str] | None = None

    def read(self, tokens: "Sequence[Token]") -> None:
        for token in tokens:
            match token.type:
                case "heading_open":
                    self._heading_level = int(token.tag[1])
                case "heading_close":
                    self._heading_level = 0
                case "list_item_open" | "list_item_close":
                    self._list_depth += token.nesting
                case "tr_open":
                    self._cells = []
                case "tr_close":
                    self._end_row()
                case "inline":
                    self._inline(_plain(token.children or []))
                case "fence" | "code_block":
                    self._outline.add(token.content.strip("\n"), "code")
                case "html_block":
                    self._html(token.content)

    def _inline(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(fold(text))
        elif self._heading_level:
            self._outline.heading(self._heading_level, text)
        else:
            self._outline.add(text, self._kind())

    def _kind(self) -> BlockKind:
        return "list_item" if self._list_depth else "paragraph"

    def _end_row(self) -> None:
        if self._cells and any(self._cells):
            self._outline.add(" | ".join(self._cells), "table")
        self._cells = None

    def _html(self, content: str) -> None:
        for part in html.parts(content):
            if part.level:
                self._outline.heading(part.level, part.text, part.anchor)
            else:
                self._outline.add(part.text, part.kind)


def _plain(children: "Sequence[Token]") -> str:
    return "".join(_plain_piece(child) for child in children)


def _plain_piece(token: "Token") -> str:
    match token.type:
        case "text" | "code_inline" | "text_special":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "html_inline" if token.content.lower().startswith("<br"):
            return "\n"
        case _:
            return ""
