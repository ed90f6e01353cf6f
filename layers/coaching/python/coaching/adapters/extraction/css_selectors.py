"""Selectors as chains of compounds against which an element can be tested while its page is still being read.

Parsed by cssselect. What only the rest of a page could tell (`:last-child`, `:has()`) is not understood, and what a
reader must first do something for (`:hover`) never matches. Source: www.w3.org/TR/selectors-4.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cssselect.parser import Attrib, Function, Tree

Specificity = tuple[int, int, int]

_NEVER_NAMES = "hover active focus focus-within focus-visible target visited autofill popover-open fullscreen modal"
_NEVER = frozenset(_NEVER_NAMES.split())


class NotUnderstood(ValueError):
    """A selector that is wrong, or that cannot be decided here."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An element as selectors see it. `names` are `.class` and `#id`; `index` and `type_index` count its siblings
    from 1, the latter those with its tag."""

    tag: str
    attributes: Mapping[str, str]
    names: frozenset[str]
    index: int
    type_index: int
    is_root: bool


Test = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be. `tag`: "" for any. `combinator`: how it stands to the one before it, "" for none."""

    tag: str
    names: frozenset[str]
    tests: tuple[Test, ...]
    combinator: str = ""

    def matches(self, subject: Subject) -> bool:
        return (
            self.tag in ("", subject.tag) and self.names <= subject.names and all(test(subject) for test in self.tests)
        )


def chain(selector: str) -> tuple[list[Compound], Specificity]:
    """Return a single selector's compounds, outermost first, the last one for the element that it styles.

    Raises: NotUnderstood, also for one that styles something else than an element (`::before`).
    """
    import cssselect

    try:
        (parsed,) = cssselect.parse(selector)
        if parsed.pseudo_element is not None:
            raise NotUnderstood(selector)
        return _compounds(parsed.parsed_tree), parsed.specificity()
    except (cssselect.SelectorError, ValueError, RecursionError) as error:
        raise NotUnderstood(selector) from error


def _compounds(tree: "Tree") -> list[Compound]:
    from cssselect.parser import CombinedSelector

    reversed_chain = []
    while isinstance(tree, CombinedSelector):
        reversed_chain.append(_compound(tree.subselector, tree.combinator))
        tree = tree.selector
    return [_compound(tree, ""), *reversed(reversed_chain)]


def _compound(tree: "Tree", combinator: str) -> Compound:
    from cssselect import parser

    names: set[str] = set()
    tests: list[Test] = []
    while not isinstance(tree, parser.Element):
        match tree:
            case parser.Class():
                names.add("." + tree.class_name)
            case parser.Hash():
                names.add("#" + tree.id)
            case parser.CombinedSelector() | parser.Relation():
                raise NotUnderstood
            case _:
                tests.append(_test(tree))
        tree = tree.selector
    return Compound((tree.element or "").lower(), frozenset(names), tuple(tests), combinator)


def _test(tree: "Tree") -> Test:
    from cssselect import parser

    match tree:
        case parser.Attrib():
            return _attribute_test(tree)
        case parser.Pseudo():
            return _pseudo_test(tree.ident)
        case parser.Function():
            return _counting_test(tree)
        case parser.Negation():
            negated = _compound(tree.subselector, "")
            return lambda subject: not negated.matches(subject)
        case parser.Matching() | parser.SpecificityAdjustment():
            choices = [_compound(each, "") for each in tree.selector_list]
            return lambda subject: any(each.matches(subject) for each in choices)
        case _:
            raise NotUnderstood


def _attribute_test(tree: "Attrib") -> Test:
    name = tree.attrib.lower()
    if tree.value is None:
        return lambda subject: name in subject.attributes
    folded = tree.flag == "i"
    wanted = (tree.value.value or "").lower() if folded else tree.value.value or ""
    compare = _COMPARISONS.get(tree.operator)
    if compare is None or (not wanted and tree.operator != "="):
        raise NotUnderstood
    return lambda subject: (
        name in subject.attributes
        and compare(subject.attributes[name].lower() if folded else subject.attributes[name], wanted)
    )


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(wanted + "-"),
    "^=": lambda value, wanted: value.startswith(wanted),
    "$=": lambda value, wanted: value.endswith(wanted),
    "*=": lambda value, wanted: wanted in value,
}


def _pseudo_test(name: str) -> Test:
    match name:
        case "root" | "scope":
            return lambda subject: subject.is_root
        case "first-child":
            return lambda subject: subject.index == 1
        case "first-of-type":
            return lambda subject: subject.type_index == 1
        case "link" | "any-link":
            return lambda subject: subject.tag in ("a", "area") and "href" in subject.attributes
        case "checked":
            return lambda subject: not subject.attributes.keys().isdisjoint(("checked", "selected"))
        case _ if name in _NEVER:
            return lambda subject: False
        case _:
            raise NotUnderstood


def _counting_test(tree: "Function") -> Test:
    from cssselect.parser import parse_series

    if tree.name not in ("nth-child", "nth-of-type"):
        raise NotUnderstood
    step, first = parse_series(tree.arguments)
    of_type = tree.name == "nth-of-type"

    def test(subject: Subject) -> bool:
        beyond = (subject.type_index if of_type else subject.index) - first
        return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0

    return test
