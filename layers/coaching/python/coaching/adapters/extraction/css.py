"""As much of style sheets as it takes to see which elements a page hides: single tags, classes and ids."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

Declarations = Mapping[str, str]
"""Property name to value, both in lower case."""

_COMPOUND = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_PART = re.compile(r"[.#][\w-]+")


def declarations(text: str) -> dict[str, str]:
    """Return the declarations of a `style` attribute."""
    usual, important = _declarations(text)
    return usual | important


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str
    parts: frozenset[str]
    usual: Declarations
    important: Declarations
    rank: tuple[int, int, int, int]

    def applies(self, tag: str, parts: frozenset[str]) -> bool:
        return self.tag in ("", tag) and self.parts <= parts


class StyleSheet:
    """The rules of a page's own `<style>` elements. Rules inside `@media` and the like are left out.

    `paints_elsewhere`: a rule that is not understood here sets a background, so a background may be any colour.
    """

    def __init__(self, text: str = "") -> None:
        self.paints_elsewhere = False
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        self._seen: dict[tuple[str, str, str], Declarations] = {}
        self._order = count()
        for selectors, body in _rules(text):
            for selector in selectors.split(","):
                self._add(selector.strip(), body)

    def declared(self, tag: str, class_names: str, element_id: str) -> Declarations:
        """Return what the rules say about an element, the more specific and then the later rule winning."""
        key = (tag, class_names, element_id)
        if key not in self._seen:
            self._seen[key] = self._look_up(tag, class_names, element_id)
        return self._seen[key]

    def _look_up(self, tag: str, class_names: str, element_id: str) -> Declarations:
        parts = frozenset("." + name for name in class_names.split()) | ({"#" + element_id} if element_id else set())
        candidates = [rule for key in (tag, *parts) for rule in self._rules.get(key, ())]
        usual: dict[str, str] = {}
        important: dict[str, str] = {}
        for rule in sorted(candidates, key=lambda rule: rule.rank):
            if rule.applies(tag, parts):
                usual.update(rule.usual)
                important.update(rule.important)
        return usual | important

    def _add(self, selector: str, body: str) -> None:
        found = _COMPOUND.fullmatch(selector)
        usual, important = _declarations(body)
        if found is None or not selector:
            self.paints_elsewhere |= any(name.startswith("background") for name in (*usual, *important))
            return
        tag = (found.group(1) or "").lower()
        parts = _PART.findall(found.group(2))
        ids = sum(part.startswith("#") for part in parts)
        rank = (ids, len(parts) - ids, bool(tag), next(self._order))
        self._rules[parts[0] if parts else tag].append(_Rule(tag, frozenset(parts), usual, important, rank))


def _declarations(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the usual declarations and those marked `!important`."""
    usual: dict[str, str] = {}
    important: dict[str, str] = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        value, mark, _ = value.strip().lower().partition("!important")
        if colon:
            (important if mark else usual)[name.strip().lower()] = value.strip()
    return usual, important


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield each top-level rule's selectors and body."""
    opened: list[str] = []
    pending = ""
    for piece in re.split(r"([{}])", _without_comments(text)):
        if piece == "{":
            opened.append(pending.rpartition(";")[2].strip())
        elif piece == "}":
            selectors = opened.pop() if opened else "@"
            if not opened and not selectors.startswith("@"):
                yield selectors, pending
        pending = "" if piece in ("{", "}") else piece


def _without_comments(text: str) -> str:
    first, *rest = text.split("/*")
    return first + "".join(part.partition("*/")[2] for part in rest)
