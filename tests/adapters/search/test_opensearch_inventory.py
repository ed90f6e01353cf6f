"""What a copy has to do to make one index equal to another."""

from dataclasses import replace

from coaching.adapters.search.opensearch_inventory import Held, steps, wanted
from tests.adapters.search.samples import HABITS, HEARTH

SHOWN = Held(HEARTH, HABITS, 1, shown=3)
WAITING = Held(HEARTH, HABITS, 2, shown=0, hidden=3)


def test_has_nothing_to_do_where_both_hold_the_same() -> None:
    assert len(steps({"a": SHOWN, "b": WAITING}, {"a": SHOWN, "b": WAITING})) == 0


def test_copies_what_lacks_wholly_or_in_part() -> None:
    todo = steps({"a": SHOWN, "b": WAITING}, {"b": replace(WAITING, hidden=2)})
    assert (set(todo.copy), set(todo.turn), set(todo.delete)) == ({"a", "b"}, set(), set())
    assert todo.passages == 6


def test_deletes_what_is_gone() -> None:
    todo = steps({"a": SHOWN}, {"a": SHOWN, "b": WAITING})
    assert (set(todo.copy), set(todo.turn), set(todo.delete)) == (set(), set(), {"b"})


def test_deletes_what_is_too_much_before_it_is_copied_again() -> None:
    todo = steps({"a": replace(SHOWN, shown=2)}, {"a": SHOWN})
    assert (set(todo.copy), set(todo.delete)) == ({"a"}, {"a"})


def test_shows_what_was_published_since() -> None:
    todo = steps({"a": SHOWN}, {"a": replace(SHOWN, shown=0, hidden=3)})
    assert (set(todo.copy), todo.turn, set(todo.delete)) == (set(), {"a": SHOWN}, set())


def test_shows_of_each_document_only_the_newest_version_that_is_shown_whole() -> None:
    next_shown = replace(WAITING, shown=3, hidden=0)
    assert wanted({"a": SHOWN, "b": next_shown}) == {"a": replace(SHOWN, shown=0, hidden=3), "b": next_shown}
    half_shown = replace(WAITING, shown=1, hidden=2)
    assert wanted({"a": SHOWN, "b": half_shown}) == {"a": SHOWN, "b": WAITING}
