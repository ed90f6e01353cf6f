"""Places as JSON, the same in both stores."""

from typing import Any

from coaching.vocabulary import Passage, Place


def written_place(place: Place) -> list[Any]:
    return [place.page, list(place.heading), place.start_seconds, place.anchor]


def read_place(stored: list[Any]) -> Place:
    page, heading, start_seconds, *anchor = stored
    return Place(page, tuple(heading), start_seconds, *anchor)


def written_later_places(passage: Passage) -> list[Any]:
    return [[offset, written_place(place)] for offset, place in passage.later_places]


def read_later_places(stored: list[Any]) -> tuple[tuple[int, Place], ...]:
    return tuple((offset, read_place(place)) for offset, place in stored) if stored else ()
