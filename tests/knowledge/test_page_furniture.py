"""Running lines and page numbers."""

from collections.abc import Sequence

import pytest

from coaching.knowledge.clean import clean
from coaching.knowledge.ports import Block, BlockKind
from coaching.vocabulary import Place

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def on_pages(*pages: Sequence[str], kind: BlockKind = "paragraph") -> list[Block]:
    return [Block(text, kind, Place(page=number)) for number, page in enumerate(pages, start=1) for text in page]


def texts(blocks: Sequence[Block]) -> list[str]:
    return [block.text for block in clean(blocks)]


def body(page: int) -> str:
    return f"These are the words of page {WORDS[page]}."


@pytest.mark.parametrize(
    "line",
    [
        "{book} | THE METHOD | Chapter {chapter} | {next}",
        "Chapter {chapter} · {page}",
        "{page}",
        "- {page} -",
        "[{page}]",
        "{page} — Orla Fennimore, {chapter}",
    ],
)
def test_numbers_that_keep_step_with_the_pages_are_page_numbers(line: str) -> None:
    def numbered(page: int) -> str:
        return line.format(page=page + 4, book=2 * page + 8, next=2 * page + 9, chapter=WORDS[page])

    assert texts(on_pages(*[(numbered(page), body(page)) for page in range(5)])) == [body(page) for page in range(5)]


def test_a_page_number_that_says_so_is_removed_from_the_shortest_document() -> None:
    assert texts(on_pages(("Words.", "Page 1 of 2"), ("Other words.", "page 2 of 2"))) == ["Words.", "Other words."]
    assert texts(on_pages(("Words.", "Page 3"))) == ["Words.", "Page 3"]


def test_numbers_that_do_not_keep_step_stay() -> None:
    pages = [(str(number), body(page)) for page, number in enumerate((20, 5, 90))]
    assert texts(on_pages(*pages[:2])) == ["20", body(0), "5", body(1)]


@pytest.mark.parametrize("kind", ["list_item", "table", "heading"])
def test_lists_tables_and_headings_keep_their_numbers(kind: BlockKind) -> None:
    pages = on_pages(*[(f"{page} | {WORDS[page]}",) for page in range(5)], kind=kind)
    assert len(clean(pages)) == 5


def test_blank_lines_in_code_do_not_repeat() -> None:
    code = Block("first\n\n\n  \n    second\n\nthird", "code")
    assert texts([code]) == ["first\n\n    second\n\nthird"]
