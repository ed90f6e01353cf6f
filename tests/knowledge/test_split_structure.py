"""Splitting by what a document says of its own structure: headings, lists, speakers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.boundaries import sections
from coaching.knowledge.ports import Block
from coaching.knowledge.split import Piece, document_text, split
from coaching.vocabulary import Place


def page(*lines: str) -> list[Block]:
    """Return blocks written as Markdown: `#` begins a heading of its level, `-` a list item."""
    blocks: list[Block] = []
    path: tuple[str, ...] = ()
    for line in lines:
        marks, _, title = line.partition(" ")
        if marks and not marks.strip("#"):
            path = (*path[: len(marks) - 1], title)
            blocks.append(Block(title, "heading", Place(heading=path)))
        elif marks == "-":
            blocks.append(Block(title, "list_item", Place(heading=path)))
        else:
            blocks.append(Block(line, "paragraph", Place(heading=path)))
    return blocks


def talk(*turns: str) -> list[Block]:
    """Return one utterance per line, in seconds from 0."""
    lines = [line for turn in turns for line in turn.splitlines()]
    return [Block(line, "speech", Place(start_seconds=float(second))) for second, line in enumerate(lines)]


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count) + "."


def texts(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces]


class TestHeadings:
    def test_no_piece_crosses_a_top_heading_however_short_the_section(self) -> None:
        blocks = page("# Guide", "Hello.", "## Sleep", "Go to bed.", "### Naps", "Short ones.", "## Food", "Eat.")
        assert texts(split(blocks)) == [
            "Guide\n\nHello.",
            "Sleep\n\nGo to bed.\n\nNaps\n\nShort ones.",
            "Food\n\nEat.",
        ]

    def test_a_title_alone_makes_no_section(self) -> None:
        assert len(split(page("An introduction.", "# Guide", "Hello.", "### Sleep", "Go to bed."))) == 1

    def test_several_chapters_are_the_top_even_below_nothing(self) -> None:
        blocks = page("# One", "a", "## Detail", "b", "## Detail", "c", "# Two", "d")
        assert texts(split(blocks)) == ["One\n\na\n\nDetail\n\nb\n\nDetail\n\nc", "Two\n\nd"]

    def test_headings_in_a_row_begin_one_section(self) -> None:
        assert texts(split(page("## Part one", "## Chapter one", "Hello.", "## Chapter two", "Bye."))) == [
            "Part one\n\nChapter one\n\nHello.",
            "Chapter two\n\nBye.",
        ]

    def test_a_long_section_is_cut_before_an_inner_heading(self) -> None:
        blocks = page("## A", words(110), "### B", words(110), words(20), "## C", "end")
        found = texts(split(blocks))
        assert [text.split("\n", 1)[0] for text in found] == ["A", "B", "C"]

    def test_a_passage_knows_its_section_even_in_its_middle(self) -> None:
        blocks = page("# Guide", "## Sleep", *[words(60)] * 8, "## Food", "Eat.")
        *of_sleep, food = split(blocks)
        assert len(of_sleep) > 2
        assert {piece.place.heading for piece in of_sleep[1:]} == {("Guide", "Sleep")}
        assert food.place.anchor == "food"

    @given(st.lists(st.sampled_from(["# A", "## B", "### C", "Some text.", "- item", words(40)]), max_size=30))
    def test_sections_are_the_blocks_in_order_and_each_has_more_than_headings(self, lines: list[str]) -> None:
        blocks = page(*lines)
        found = list(sections(blocks))
        assert [block for section in found for block in section] == blocks
        assert all(any(block.kind != "heading" for block in section) for section in found[:-1])

    @given(st.lists(st.sampled_from(["# A", "## B", "### C", "Some text.", "- item", words(40)]), max_size=30))
    def test_spans_stay_those_of_the_whole_document(self, lines: list[str]) -> None:
        blocks = page(*lines)
        text = document_text(blocks)
        for piece in split(blocks, size=120, overlap=30):
            assert piece.text == text[piece.start : piece.end]


class TestLists:
    def test_a_list_stays_with_what_introduces_it_where_both_fit(self) -> None:
        blocks = page(words(80), words(60), "You need:", *["- " + words(8)] * 8, "That is all.")
        first, second = split(blocks, overlap=0)
        assert first.text.count("\n\n") == 1
        assert second.text.startswith("You need:\n\nword")

    def test_a_list_that_fits_nowhere_is_cut_between_its_items(self) -> None:
        blocks = page(*["- " + words(20)] * 30)
        assert all(set(piece.text.split("\n\n")) == {words(20)} for piece in split(blocks))


class TestTurns:
    def test_pieces_are_made_of_whole_turns(self) -> None:
        blocks = talk(*[f"{name}: {words(70)}" for name in ("Ann", "Ben") * 6])
        found = split(blocks, overlap=0)
        assert all(piece.text.count(": ") == 2 for piece in found)
        assert all(piece.text.startswith("Ann: ") for piece in found)

    def test_a_turn_that_does_not_fit_begins_the_next_piece(self) -> None:
        blocks = talk(f"Ann: {words(70)}", f"Ben: {words(150)}", "Ann: Yes.", "Ben: No.")
        assert [text[:4] for text in texts(split(blocks))] == ["Ann:", "Ben:"]

    def test_a_turn_longer_than_a_piece_is_cut_between_utterances(self) -> None:
        blocks = talk("Ann: Why?", "\n".join([f"Ben: {words(30)}", *[words(30, "more")] * 20]), "Ann: Oh.", "Ben: Yes.")
        assert all(piece.text.split("\n\n")[-1] in {block.text for block in blocks} for piece in split(blocks))

    def test_the_overlap_is_the_question_before_the_answer_and_never_half_a_turn(self) -> None:
        question = "Ann: How did you come to that, of all things?"
        blocks = talk(f"Ben: {words(120)}", question, f"Ben: {words(150)}", f"Ann: {words(120)}", f"Ben: {words(150)}")
        found = split(blocks)
        assert [text.split(".")[0][:8] for text in texts(found)] == ["Ben: wor", "Ann: How", "Ann: wor", "Ben: wor"]
        assert all(before.end < piece.start for before, piece in pairwise(found[1:]))

    def test_without_speakers_utterances_are_like_paragraphs(self) -> None:
        blocks = talk(*[words(25)] * 30)
        found = split(blocks)
        assert all(len(piece.text) > 800 for piece in found[:-1])
        assert all(before.end > piece.start for before, piece in pairwise(found))

    def test_a_colon_does_not_make_a_speaker(self) -> None:
        blocks = talk(*[words(25)] * 4, f"Remember: {words(20)}", *[words(25)] * 4)
        assert len(split(blocks, overlap=0)) == 2

    def test_a_piece_begins_at_the_second_of_its_first_utterance(self) -> None:
        blocks = talk(*[f"{name}: {words(70)}" for name in ("Ann", "Ben") * 3])
        assert [piece.place.start_seconds for piece in split(blocks, overlap=0)] == [0, 2, 4]
