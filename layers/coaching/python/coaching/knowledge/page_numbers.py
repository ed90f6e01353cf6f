"""Page numbers: lines at an end of a page whose number grows with the page."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

_SAYS_PAGE = re.compile(
    r"[-\u2013(]?\s*(?:page|p\.|seite|página|pagina)\s*(\d{1,4})(?:\s*(?:of|/|von|de|di)\s*\d{1,4})?\s*[-\u2013)]?",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[-\u2013(\[]?\s*(\d{1,4})\s*[-\u2013)\]]?")
_SEPARATOR = r"\s*[|\u2022\u00b7\u2013\u2014/]\s*"
_FIRST = re.compile(rf"(\d{{1,4}}){_SEPARATOR}\S")
_LAST = re.compile(rf"\S{_SEPARATOR}(\d{{1,4}})$")
_LONGEST = 120
_FEWEST_PAGES = 3
_STEPS = (1, 2)
"""How far the printed number grows from a page to the next: two where a page shows an opened book."""
_Sequence = tuple[str, int, int]


def page_numbers(edges: Iterable[tuple[int, str]]) -> frozenset[tuple[int, str]]:
    """Return those of the lines at the pages' ends, given as page and text, that are page numbers.

    A line that says "page 3 of 9" on page 3 is one. Others, a number alone or one set apart by a bar or a dot, are
    where on three pages or more the number keeps step with the pages.
    """
    lines = set(edges)
    kept_step = {(sequence, page) for page, text in lines for sequence in _sequences(page, text)}
    followed = Counter(sequence for sequence, _ in kept_step)
    return frozenset(
        (page, text)
        for page, text in lines
        if _says(page, text) or any(followed[sequence] >= _FEWEST_PAGES for sequence in _sequences(page, text))
    )


def _says(page: int, text: str) -> bool:
    found = _SAYS_PAGE.fullmatch(text)
    return found is not None and int(found[1]) == page


def _sequences(page: int, text: str) -> Iterator[_Sequence]:
    """Yield each sequence of page numbers that the line would belong to: its place, its step and where it starts."""
    if len(text) > _LONGEST:
        return
    numbers: Sequence[tuple[str, re.Match[str] | None]] = (
        ("alone", _ALONE.fullmatch(text)),
        ("first", _FIRST.match(text)),
        ("last", _LAST.search(text)),
    )
    for place, found in numbers:
        if found:
            yield from ((place, step, int(found[1]) - step * page) for step in _STEPS)
