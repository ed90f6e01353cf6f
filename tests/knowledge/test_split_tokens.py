"""Splitting for an embedder that reads so many tokens at once."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.embedding_text import MOST_LEAD_BYTES, embedding_text, lead
from coaching.knowledge.ports import Block, TokenLimit
from coaching.knowledge.split import Piece, document_text, split
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place
from tests.knowledge.pipeline import Pipeline

PATH = ("The guide", "Sleep")
TEXTS = st.text("ab# .\n", max_size=200)


@dataclass
class Counted(TokenLimit):
    """Letters are half a token, everything else is one. Counts the characters that it was asked about."""

    limit: int
    asked: int = field(default=0)

    def reach(self, text: str) -> int:
        self.asked += len(text)
        used = 0.0
        for position, character in enumerate(text):
            used += 0.5 if character.isalpha() else 1.0
            if used > self.limit:
                return position
        return len(text)


def passage(piece: Piece) -> Passage:
    return Passage(
        PassageId("p"), CreatorId("c"), DocumentId("d"), 1, "T", piece.text, piece.place, piece.start, piece.end
    )


@given(st.lists(TEXTS, max_size=8), st.integers(40, 90), st.sampled_from([(), ("Ab",), PATH]))
def test_every_piece_is_read_whole_with_its_headings(texts: list[str], limit: int, path: tuple[str, ...]) -> None:
    blocks = [Block(text, place=Place(heading=path)) for text in texts]
    tokens = Counted(limit)
    pieces = split(blocks, size=100, overlap=30, tokens=tokens)
    for piece in pieces:
        embedded = embedding_text(passage(piece))
        assert tokens.reach(embedded) == len(embedded)


@given(st.lists(TEXTS, max_size=8), st.integers(40, 90))
def test_with_a_limit_too_every_visible_character_is_in_a_piece(texts: list[str], limit: int) -> None:
    blocks = [Block(text) for text in texts]
    text = document_text(blocks)
    pieces = split(blocks, size=100, overlap=30, tokens=Counted(limit))
    covered = {position for piece in pieces for position in range(piece.start, piece.end)}
    assert all(piece.text == text[piece.start : piece.end] for piece in pieces)
    assert all(character.isspace() or position in covered for position, character in enumerate(text))


def test_a_limit_that_is_never_reached_changes_nothing() -> None:
    blocks = [Block("word " * 500), Block("more " * 500)]
    assert split(blocks, tokens=Counted(10_000)) == split(blocks)


def test_a_dense_text_is_cut_at_the_best_boundary_within_reach() -> None:
    blocks = [Block("a.b.c. " * 9 + "end."), Block("d.e.f. " * 9 + "end.")]
    found = split(blocks, overlap=0, tokens=Counted(70))
    assert [piece.text for piece in found] == [block.text for block in blocks]


def test_a_dense_text_overlaps_in_proportion() -> None:
    found = split([Block("a. b. c. " * 400)], tokens=Counted(100))
    shared = [before.end - piece.start for before, piece in pairwise(found)]
    assert max(shared) <= 200 * 125 // 1000


@pytest.mark.parametrize("unit", ["x", "word. ", "a.b,c;", "a\n\n", "- "])
def test_no_character_is_counted_more_than_a_few_times(unit: str) -> None:
    def counted(length: int) -> int:
        tokens = Counted(200)
        split([Block(unit * (length // len(unit)))], tokens=tokens)
        return tokens.asked

    assert counted(100_000) < 6 * 100_000
    assert counted(1_000_000) < 11 * counted(100_000)


def test_an_ingestion_splits_for_its_embedder(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path)
    job = pipeline.upload(b"Practise a little every day. " * 60)
    pipeline.extracting(job)
    dense = replace(pipeline.splitting, tokens=Counted(100))(job)
    assert dense.passages > 2 * pipeline.splitting(job).passages


class TestWhatIsEmbedded:
    def test_it_stands_behind_the_headings(self) -> None:
        found = Piece("Go to bed.", 0, 10, Place(heading=PATH))
        assert embedding_text(passage(found)) == "The guide > Sleep\nGo to bed."

    def test_a_heading_with_which_it_begins_is_not_said_twice(self) -> None:
        assert lead(PATH, "Sleep\n\nGo to bed.") == "The guide\n"
        assert lead(("Sleep",), "Sleep\n\nGo to bed.") == ""
        assert lead(("Sleep " * 30,), "Sleep Sleep") == ""

    def test_without_headings_it_is_the_text(self) -> None:
        assert embedding_text(passage(Piece("Go to bed.", 0, 10, Place(page=3)))) == "Go to bed."

    def test_of_long_headings_the_inner_ones_are_kept(self) -> None:
        assert lead(("Outer " * 30, "Middle", "Inner"), "text") == "Middle > Inner\n"
        assert lead(("睡眠" * 40,), "text") == ""

    @given(st.lists(st.text(max_size=80), max_size=5), st.text(max_size=20))
    def test_the_headings_leave_room_for_the_text(self, path: list[str], text: str) -> None:
        assert len(lead(path, text).encode("utf-8", errors="replace")) <= MOST_LEAD_BYTES + 1
