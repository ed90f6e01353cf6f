"""Blocks as extracted to blocks as quoted."""

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.clean import clean
from coaching.knowledge.ports import Block, BlockKind
from coaching.vocabulary import Place

KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "list_item", "table", "code", "speech")

WHITE = dict.fromkeys((9, 10), " ")


def cleaned(text: str, kind: BlockKind = "paragraph") -> str:
    return "\n\n".join(block.text for block in clean([Block(text, kind)]))


def on_pages(*pages: Sequence[str], kind: BlockKind = "paragraph") -> list[Block]:
    return [Block(text, kind, Place(page=number)) for number, page in enumerate(pages, start=1) for text in page]


def texts(blocks: Sequence[Block]) -> list[str]:
    return [block.text for block in clean(blocks)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("e\u0301te\u0301", "été"),
        ("\ufefffire\u200b side\u2060", "fire side"),
        ("fi\u202ere\u202c \u2066a\u2069", "fire a"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("di\ufb03cult \ufb01re", "difficult fire"),
        ("tag\U000e0041\U000e0042ged", "tagged"),
        ("lone \ud800 half", "lone half"),
        ("one\u2028two\x85three\r\nfour\rfive", "one two three four five"),
        ("  a \t b\u00a0\u3000c\n d  ", "a b c d"),
        ("so\u00adlu\u00ad\n  tion", "solution"),
    ],
)
def test_invisible_characters_go_and_white_space_is_single(raw: str, expected: str) -> None:
    assert cleaned(raw) == expected


def test_joiners_stay_where_a_script_needs_them() -> None:
    assert cleaned("می\u200cخواهم") == "می\u200cخواهم"
    assert cleaned("👩\u200d🔬") == "👩\u200d🔬"
    assert cleaned("sec\u200dret \u200c") == "secret"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a good exam-\nple", "a good example"),
        ("a good exam\u2010 \n ple", "a good example"),
        ("Jean-\nPaul in COVID-\n19 times", "Jean-Paul in COVID-19 times"),
        ("pages 10-\n12", "pages 10-12"),
        ("self-aware, yes, self-\naware", "self-aware, yes, self-aware"),
        ("a world and a class, world-\nclass", "a world and a class, world-class"),
        ("can and not, but cannot, so can-\nnot", "can and not, but cannot, so cannot"),
        ("a dash -\nand on", "a dash - and on"),
    ],
)
def test_words_torn_at_line_ends_are_joined(raw: str, expected: str) -> None:
    assert cleaned(raw) == expected


def test_code_keeps_its_white_space() -> None:
    assert cleaned("\n  if a:\n      b-\nc\t1  \n\n", "code") == "  if a:\n      b-\nc\t1"


def test_empty_blocks_are_dropped_and_the_rest_keep_kind_order_and_place() -> None:
    place = Place(page=2, heading=("A\u200b  b",), start_seconds=1.5)
    blocks = [Block(f"{kind} text", kind, place) for kind in KINDS]
    found = clean([Block(" \u200b\n"), *blocks, Block("")])
    assert [block.kind for block in found] == list(KINDS)
    assert {block.place for block in found} == {Place(page=2, heading=("A b",), start_seconds=1.5)}


def test_running_lines_and_page_numbers_are_removed() -> None:
    pages = [(f"The Method  {n}\nWords of page {'abcd'[n]}.", f"Last words {'abcd'[n]}.", f"- {n} -") for n in range(4)]
    assert texts(on_pages(*pages)) == [text for n in "abcd" for text in (f"Words of page {n}.", f"Last words {n}.")]


def test_left_and_right_pages_may_have_lines_of_their_own() -> None:
    pages = [("The Book" if n % 2 else "The Author", f"Words {'abcdefgh'[n]}.") for n in range(8)]
    assert texts(on_pages(*pages)) == [f"Words {letter}." for letter in "abcdefgh"]


def test_lines_within_pages_and_lines_of_few_pages_stay() -> None:
    pages = [("a1.", "a2.", "a3.", "Again.", "b1.", "b2.", "b3.") if n else ("Again.",) for n in range(3)]
    assert texts(on_pages(*pages)).count("Again.") == 3
    assert texts(on_pages(("Title", "a."), ("Title", "b."))) == ["Title", "a.", "Title", "b."]


def test_lists_tables_and_numbered_headings_at_page_tops_stay() -> None:
    for kind in ("list_item", "table", "code"):
        assert len(clean(on_pages(*[("Same",)] * 5, kind=kind))) == 5
    assert texts(on_pages(*[(f"Day {n}",) for n in range(5)], kind="heading")) == [f"Day {n}" for n in range(5)]


def test_a_running_heading_stays_where_it_first_stands() -> None:
    pages = on_pages(*[("The Method",)] * 4, kind="heading")
    words = on_pages(*[(f"Words {'abcd'[n]}.",) for n in range(4)])
    both = [block for pair in zip(pages, words, strict=True) for block in pair]
    assert texts(both) == ["The Method", "Words a.", "Words b.", "Words c.", "Words d."]


def test_a_paragraph_that_runs_over_a_page_is_whole_and_stands_where_it_begins() -> None:
    found = clean(on_pages(("Head one.", "It goes on and is inter-"), ("rupted here.", "Next.")))
    assert [block.text for block in found] == ["Head one.", "It goes on and is interrupted here.", "Next."]
    assert [block.place.page for block in found] == [1, 1, 2]


def test_what_ends_or_begins_a_sentence_at_a_page_end_stays_apart() -> None:
    assert texts(on_pages(("It ends.",), ("it begins",))) == ["It ends.", "it begins"]
    assert texts(on_pages(("It goes",), ("On",))) == ["It goes", "On"]


@given(
    st.lists(st.builds(Block, st.text(max_size=40), st.sampled_from(KINDS), st.builds(Place, page=st.integers(1, 4))))
)
def test_whatever_comes_in_is_clean_when_it_comes_out(blocks: list[Block]) -> None:
    for block in clean(blocks):
        assert block.text == block.text.strip("\n").rstrip()
        assert unicodedata.is_normalized("NFC", block.text)
        assert block.kind == "code" or block.text == " ".join(block.text.split())
        assert not {"Cc", "Cs"} & {unicodedata.category(character) for character in block.text.translate(WHITE)}


@given(st.lists(st.builds(Block, st.text(max_size=40), st.sampled_from(KINDS))))
def test_without_pages_no_visible_block_is_lost(blocks: list[Block]) -> None:
    visible = [block.kind for block in blocks if any(map(str.isalnum, block.text))]
    kept = [block.kind for block in clean(blocks) if any(map(str.isalnum, block.text))]
    assert kept == visible


@given(st.lists(st.builds(Block, st.text("ab-\n \u00ad.", max_size=30), st.sampled_from(KINDS)), max_size=5))
def test_letters_are_never_lost(blocks: list[Block]) -> None:
    def letters(some: Sequence[Block]) -> str:
        return "".join(character for block in some for character in block.text if character.isalpha())

    assert letters(clean(blocks)) == letters(blocks)
