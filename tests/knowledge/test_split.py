"""Text to pieces."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.anchors import anchored
from coaching.knowledge.ports import Block, BlockKind
from coaching.knowledge.split import Piece, document_text, split
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place

KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "list_item", "code", "speech")
BLOCKS = st.lists(
    st.builds(
        Block,
        st.one_of(st.text("ab .\n", max_size=60), st.text("xyz", max_size=80), st.text(max_size=30)),
        st.sampled_from(KINDS),
        st.builds(Place, page=st.integers(1, 9)),
    ),
    max_size=12,
)
SIZES = st.integers(2, 50).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


def paragraphs(*texts: str) -> list[Block]:
    return [Block(text, place=Place(page=number)) for number, text in enumerate(texts)]


def passage_of(piece: Piece) -> Passage:
    return Passage(
        PassageId("p"), CreatorId("c"), DocumentId("d"), 1, "Title", piece.text, piece.place, piece.start, piece.end,
        later_places=piece.later_places,
    )  # fmt: skip


def sentence(words: int, first: str = "Word") -> str:
    return " ".join([first, *["word"] * (words - 2), "end."])


def texts(pieces: Sequence[Piece]) -> list[str]:
    return [piece.text for piece in pieces]


@given(BLOCKS, SIZES)
def test_a_piece_is_exactly_its_span_and_never_too_long(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    text = document_text(blocks)
    for piece in split(blocks, size=size, overlap=overlap):
        assert piece.text == text[piece.start : piece.end]
        assert piece.text == piece.text.strip()
        assert 0 < len(piece.text) <= size


@given(BLOCKS, SIZES)
def test_every_visible_character_is_in_a_piece(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    covered = {
        position for piece in split(blocks, size=size, overlap=overlap) for position in range(piece.start, piece.end)
    }
    text = document_text(blocks)
    assert all(character.isspace() or position in covered for position, character in enumerate(text))


@given(BLOCKS, SIZES)
def test_pieces_move_on_and_overlap_by_no_more_than_asked(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    for before, piece in pairwise(split(blocks, size=size, overlap=overlap)):
        assert before.start < piece.start
        assert before.end < piece.end
        assert before.end - piece.start <= overlap


@given(BLOCKS, SIZES)
def test_pieces_begin_at_a_word_where_one_begins_within_reach(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    text = document_text(blocks)
    for before, piece in pairwise(split(blocks, size=size, overlap=overlap)):
        reach = range(max(before.end - overlap, before.start + 1), before.end + 1)
        if not text[piece.start - 1].isspace():
            assert not any(text[at - 1].isspace() and not text[at].isspace() for at in reach if at < len(text))


@given(BLOCKS, SIZES)
def test_a_piece_has_the_place_of_the_block_in_which_it_starts(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    spans, start = [], 0
    for block in anchored(blocks):
        spans.append((start, start + len(block.text), block.place))
        start += len(block.text) + 2
    for piece in split(blocks, size=size, overlap=overlap):
        assert piece.place in [place for first, last, place in spans if first <= piece.start < last]


@given(BLOCKS, SIZES)
def test_a_piece_knows_the_place_of_every_character(blocks: list[Block], sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    place_of: dict[int, Place] = {}
    start = 0
    for block in anchored(blocks):
        place_of |= dict.fromkeys(range(start, start + len(block.text)), block.place)
        start += len(block.text) + 2
    for piece in split(blocks, size=size, overlap=overlap):
        passage = passage_of(piece)
        for offset in range(len(piece.text)):
            if piece.start + offset in place_of:
                assert passage.place_at(offset) == place_of[piece.start + offset]


def test_a_short_document_is_one_piece() -> None:
    blocks = paragraphs("One.", "Two.")
    assert split(blocks) == (Piece("One.\n\nTwo.", 0, 10, Place(page=0), ((6, Place(page=1)),)),)


@pytest.mark.parametrize("blocks", [[], paragraphs(""), paragraphs(" ", "\n\n", "")])
def test_a_document_without_text_has_no_pieces(blocks: list[Block]) -> None:
    assert split(blocks) == ()


def test_cuts_are_made_between_paragraphs_first() -> None:
    parts = [sentence(12), sentence(12), sentence(12)]
    assert texts(split(paragraphs(*parts), size=130, overlap=0)) == ["\n\n".join(parts[:2]), parts[2]]


def test_then_between_lines_then_words_then_anywhere() -> None:
    lines = [sentence(12), sentence(12), sentence(12)]
    assert texts(split(paragraphs("\n".join(lines)), size=130, overlap=0)) == ["\n".join(lines[:2]), lines[2]]
    assert all(piece.endswith(("word", "end.")) for piece in texts(split(paragraphs(sentence(99)), size=50, overlap=9)))
    assert texts(split(paragraphs("x" * 25), size=10, overlap=0)) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_piece_begins_with_its_heading_and_does_not_end_with_one() -> None:
    blocks = [Block(sentence(18)), Block("Part two", "heading"), Block(sentence(14)), Block(sentence(14))]
    found = texts(split(blocks, size=160, overlap=40))
    assert found[0] == blocks[0].text
    assert found[1].startswith("Part two\n\nWord")


def test_the_overlap_begins_with_a_paragraph_or_a_sentence() -> None:
    small = paragraphs(sentence(20), "A short one.", sentence(20))
    assert texts(split(small, size=130, overlap=30))[1].startswith("A short one.\n\nWord")
    long = paragraphs(sentence(15) + " A short one.", sentence(20))
    assert texts(split(long, size=130, overlap=30))[1].startswith("A short one.\n\nWord")


def test_the_usual_pieces_of_prose_overlap() -> None:
    prose = " ".join(sentence(9, f"Sentence{number}") for number in range(200))
    pieces = split(paragraphs(prose))
    assert all(600 < len(piece.text) <= 1000 for piece in pieces[:-1])
    assert all(100 < before.end - piece.start <= 200 for before, piece in pairwise(pieces))
    assert all(piece.text.startswith("Sentence") for piece in pieces)


@pytest.mark.parametrize(("size", "overlap"), [(10, 10), (10, -1), (0, 0)])
def test_sizes_that_cannot_work_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        split(paragraphs("text"), size=size, overlap=overlap)
