"""Which of a page's style rules hold for an element, decided as the page is read from top to bottom.

Of every selector with several parts it is kept, as bits of a number, which of its parts the open elements and their
earlier siblings have met. So neither a deep page nor a long chain of parts makes a walk back necessary.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from coaching.adapters.extraction.css_rules import Declarations, Rule, rules
from coaching.adapters.extraction.css_selectors import Compound, NotUnderstood, Subject, chain

_MOST_REMEMBERED = 10_000
_Rank = tuple[int, int, int, int, int]


@dataclass(slots=True)
class Place:
    """An open element and what selectors may ask of it. The numbers have a bit for each part of a selector met:
    `met` by itself, `above` by itself or what it stands in, `last` and `earlier` by its latest and all its children."""

    met: int = 0
    above: int = 0
    last: int = 0
    earlier: int = 0
    children: int = 0
    tags: dict[str, int] | None = None
    is_page: bool = False

    def reached(self, combinator: str) -> int:
        """Return the bits of the parts that a child's selector may go on from with this combinator."""
        match combinator:
            case ">":
                return self.met
            case "+":
                return self.last
            case "~":
                return self.earlier
            case _:
                return self.above


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of a selector. `before`: the bit of the part before it; `met`: its own, 0 where it is the last."""

    compound: Compound
    before: int
    met: int
    rule: Rule | None
    rank: _Rank


@dataclass(frozen=True, slots=True)
class _Following:
    """Steps with one combinator, by the bit of the part before them; `bits` has all these."""

    combinator: str
    bits: int
    steps: Mapping[int, list[_Step]]


@dataclass(frozen=True, slots=True)
class _Possible:
    """The steps that an element meets by its tag, classes and id: those that begin a selector, and the others."""

    names: frozenset[str]
    first: list[_Step]
    following: list[_Following]

    def within(self, parent: Place) -> Iterator[_Step]:
        """Yield the steps for which the parts before them are met too."""
        yield from self.first
        for group in self.following:
            bits = group.bits & parent.reached(group.combinator)
            while bits:
                lowest = bits & -bits
                yield from group.steps[lowest]
                bits ^= lowest


class StyleSheet:
    """The rules of a page's own `<style>` elements.

    `paints_elsewhere`: a rule that is not understood here sets a background, so a background may be any colour.

    Raises: UnusableDocument(too_large) for more rules than can be judged in time.
    """

    def __init__(self, *texts: str) -> None:
        self.paints_elsewhere = any("@import" in text.lower() for text in texts)
        self._counts_types = any("of-type" in text.lower() for text in texts)
        self._steps: dict[str, list[_Step]] = defaultdict(list)
        self._bits = 0
        self._met_by: dict[tuple[str, str, str], _Possible] = {}
        self._cascaded: dict[tuple[_Rank, ...], tuple[Declarations, Declarations]] = {(): ({}, {})}
        for order, rule in enumerate(rules(texts) if any(texts) else ()):
            self._add(rule, order)

    def enter(self, parent: Place, tag: str, attributes: Declarations) -> tuple[Place, Declarations, Declarations]:
        """Return an element that opens in another, its usual declarations and those marked `!important`."""
        if not self._steps:
            return parent, {}, {}
        possible = self._possible(tag, attributes)
        parent.children += 1
        subject = Subject(
            tag, attributes, possible.names, parent.children, self._type_index(parent, tag), parent.is_page
        )
        met = 0
        ruling = []
        for step in possible.within(parent):
            if all(test(subject) for test in step.compound.tests):
                met |= step.met
                if step.rule is not None:
                    ruling.append(step)
        parent.last = met
        parent.earlier |= met
        return Place(met, parent.above | met), *self._cascade(ruling)

    def _type_index(self, parent: Place, tag: str) -> int:
        if not self._counts_types:
            return 0
        parent.tags = parent.tags or {}
        parent.tags[tag] = parent.tags.get(tag, 0) + 1
        return parent.tags[tag]

    def _possible(self, tag: str, attributes: Declarations) -> _Possible:
        key = (tag, attributes.get("class", ""), attributes.get("id", ""))
        if key not in self._met_by:
            if len(self._met_by) >= _MOST_REMEMBERED:
                self._met_by.clear()
            names = frozenset("." + name for name in key[1].split()) | ({"#" + key[2]} if key[2] else set())
            near = (step for each in ("", tag, *names) for step in self._steps.get(each, ()))
            self._met_by[key] = _grouped(
                names, [step for step in near if step.compound.tag in ("", tag) and step.compound.names <= names]
            )
        return self._met_by[key]

    def _cascade(self, ruling: list[_Step]) -> tuple[Declarations, Declarations]:
        """Return what the rules say together: the later layer, then the more specific, then the later one wins."""
        ruling.sort(key=lambda step: step.rank)
        key = tuple(step.rank for step in ruling)
        if key not in self._cascaded:
            usual: dict[str, str] = {}
            important: dict[str, str] = {}
            for step in ruling:
                if step.rule is not None:
                    usual.update(step.rule.usual)
                    important.update(step.rule.important)
            if len(self._cascaded) >= _MOST_REMEMBERED:
                self._cascaded.clear()
            self._cascaded[key] = (usual, important)
        return self._cascaded[key]

    def _add(self, rule: Rule, order: int) -> None:
        try:
            compounds, specificity = chain(rule.selector)
        except NotUnderstood:
            self.paints_elsewhere |= any(name.startswith("background") for name in (*rule.usual, *rule.important))
            return
        before = 0
        for number, compound in enumerate(compounds, start=1):
            is_last = number == len(compounds)
            met = 0 if is_last else 1 << self._bits
            self._bits += not is_last
            key = min(compound.names, default=compound.tag)
            rank = (rule.layer, *specificity, order)
            self._steps[key].append(_Step(compound, before, met, rule if is_last else None, rank))
            before = met


def _grouped(names: frozenset[str], steps: list[_Step]) -> _Possible:
    groups: dict[str, dict[int, list[_Step]]] = defaultdict(lambda: defaultdict(list))
    for step in steps:
        groups[step.compound.combinator][step.before].append(step)
    first = groups.pop("", {}).get(0, [])
    return _Possible(names, first, [_Following(each, sum(by_bit), by_bit) for each, by_bit in groups.items()])


@lru_cache(maxsize=2)
def style_sheet(*texts: str) -> StyleSheet:
    """Return the style sheet of these texts. The pages of a book have the same one after another."""
    return StyleSheet(*texts)
