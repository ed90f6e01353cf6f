"""Links that lead to the place of a passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.knowledge.anchors import anchored, slug
from coaching.knowledge.ports import Block
from coaching.vocabulary import Place


@pytest.mark.parametrize(
    ("place", "link"),
    [
        (Place(page=3), "#page=3"),
        (Place(page=3, heading=("Sleep",), anchor="sleep"), "#page=3"),
        (Place(start_seconds=83.9), "?t=83"),
        (Place(start_seconds=0.0), "?t=0"),
        (Place(heading=("Rest days",), anchor="rest-days"), "#rest-days"),
        (Place(anchor="übung 1"), "#%C3%BCbung%201"),
        (Place(anchor="a\ud800<"), "#a?%3C"),
        (Place(heading=("Sleep",)), ""),
        (Place(), ""),
    ],
)
def test_a_place_says_how_to_get_there(place: Place, link: str) -> None:
    assert place.link == link


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Rest days", "rest-days"),
        ("What's next? (Part 2)", "whats-next-part-2"),
        ("C++ & C#", "c--c"),
        ("snake_case – and dashes", "snake_case--and-dashes"),
        ("Übung für Ärzte", "übung-für-ärzte"),
        ("练习 呼吸", "练习-呼吸"),
        ("हिन्दी में", "हिन्दी-में"),
        ("😄 Fun", "-fun"),
        ("!?", ""),
    ],
)
def test_a_slug_is_the_one_that_github_makes(heading: str, expected: str) -> None:
    assert slug(heading) == expected


def test_a_heading_that_comes_again_gets_a_number() -> None:
    blocks = [Block(text, "heading") for text in ("Steps", "Steps", "Steps 1", "Steps")]
    assert [block.place.anchor for block in anchored(blocks)] == ["steps", "steps-1", "steps-1-1", "steps-2"]


def test_a_heading_keeps_the_id_of_its_own_page() -> None:
    own = Block("Steps", "heading", Place(anchor="section-4"))
    taken = Block("Section 4", "heading")
    assert [block.place.anchor for block in anchored([own, taken])] == ["section-4", "section-4-1"]


def test_what_stands_under_a_heading_has_its_anchor() -> None:
    blocks = [Block("Before."), Block("Steps", "heading"), Block("One."), Block("End", "heading"), Block("Two.")]
    assert [block.place.anchor for block in anchored(blocks)] == ["", "steps", "steps", "end", "end"]


@given(st.lists(st.sampled_from(["a", "a-1", "a 1", "a-1-1", "b", "?"]), max_size=12))
def test_no_two_headings_have_the_same_anchor(headings: list[str]) -> None:
    found = [block.place.anchor for block in anchored([Block(text, "heading") for text in headings])]
    assert len(set(found)) == len(found)
