"""A style sheet as a flat list of rules: what counts on a wide screen, with nested rules and layers laid out.

A page is judged as a screen 1,280 pixels wide shows it before anybody touches it. Rules for paper, for another screen
and for what cannot be told (`@container`, `@scope`) are left out, those under `@supports` are taken.
Parsed by tinycss2. Source: www.w3.org/TR/css-cascade-5, www.w3.org/TR/css-nesting-1, www.w3.org/TR/mediaqueries-4.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Protocol

from coaching.errors import UnusableDocument

Declarations = Mapping[str, str]
"""Property name to value, both in lower case."""

_RELEVANT = (
    "display visibility opacity filter content-visibility font font-size color background background-color "
    "background-image background-clip -webkit-background-clip -webkit-text-fill-color text-shadow position left right "
    "top bottom text-indent margin-left white-space height width max-height max-width min-height min-width overflow "
    "overflow-x overflow-y padding padding-top padding-bottom padding-left padding-right flex flex-grow clip clip-path "
    "transform scale"
)
_RELEVANT_NAMES = frozenset(_RELEVANT.split())
_RELEVANT_STARTS = ("--", "transition", "animation")
_EMPTIED_BY = {"background": ("background-color", "background-image"), "overflow": ("overflow-x", "overflow-y")}
_FONT_SIZE = re.compile(r"(?<![\w.])(\d*\.?\d+(?:[a-z]+|%)?)(?:\s*/\s*\S+)?\s+[^\d\s]")
_EMBEDDED = re.compile(
    r"url\(\s*[\"']?data:[\w/+.-]*(?:;charset=[\w-]+)?;base64,[A-Za-z0-9+/=]*[\"']?\s*\)", re.IGNORECASE
)
_WIDTH = re.compile(r"\(\s*(?:(min-|max-)(?:device-)?width\s*:|width\s*([<>])=?)\s*(\d*\.?\d+)(px|r?em)\s*\)")
_OTHER_FEATURES = re.compile(
    r"\(\s*(?:prefers-color-scheme\s*:\s*light|prefers-reduced-motion\s*:\s*no-preference"
    r"|orientation\s*:\s*landscape|hover(?:\s*:\s*hover)?|pointer\s*:\s*fine)\s*\)"
)
_SCREEN_PIXELS = 1280
_EM_PIXELS = 16
_DEEPEST = 8
_LONGEST_SELECTOR = 1000
_MOST_CHARACTERS = 4_000_000
_MOST_RULES = 20_000
_MOST_SELECTORS = 200_000
_UNLAYERED = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with its declarations. `layer`: the later a cascade layer, the more it counts."""

    selector: str
    usual: Declarations
    important: Declarations
    layer: int


class _Node(Protocol):
    """What tinycss2's rules, declarations and tokens offer. Which of it one has depends on its type."""

    type: str
    prelude: "Sequence[_Node]"
    content: "Sequence[_Node] | None"
    value: "Sequence[_Node]"
    arguments: "Sequence[_Node]"
    lower_at_keyword: str
    lower_name: str
    important: bool

    def serialize(self) -> str: ...


def rules(texts: Iterable[str]) -> list[Rule]:
    """Return the rules that may decide what is seen, in their order. A rule with several selectors is several.

    Raises: UnusableDocument(too_large) for more of them than can be judged in time.
    """
    import tinycss2

    sheets = [_EMBEDDED.sub("url()", text) for text in texts]
    if sum(map(len, sheets)) > _MOST_CHARACTERS:
        raise _too_large()
    reader = _Reader()
    with _nesting_bounded():
        for text in sheets:
            reader.read(tinycss2.parse_stylesheet(text, True, True), ("",), "", 0)
    return reader.found


@lru_cache(maxsize=4096)
def declarations(text: str) -> tuple[Declarations, Declarations]:
    """Return the usual declarations of a `style` attribute and those marked `!important`."""
    import tinycss2

    with _nesting_bounded():
        return _declared(tinycss2.parse_blocks_contents(text, True, True))


def _too_large() -> UnusableDocument:
    return UnusableDocument(
        "too_large", "The page has too many style rules to tell what it hides. Save its text alone."
    )


@contextmanager
def _nesting_bounded() -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        raise UnusableDocument(
            "corrupt", "The page's style rules are too deeply nested. Save its text alone."
        ) from error


class _Reader:
    """Lays out the rules of sheets. `found`: so far; layers are numbered as they are first named."""

    def __init__(self) -> None:
        self.found: list[Rule] = []
        self._layers: dict[str, int] = {}
        self._selectors_made = 0

    def read(self, nodes: Iterable[_Node], parents: tuple[str, ...], layer: str, depth: int) -> None:
        """Add the rules of a sheet or a block that stands in `parents`, ("",) for none."""
        import tinycss2

        for node in nodes if depth <= _DEEPEST else ():
            if node.type == "qualified-rule":
                selectors, name = self._selectors(node.prelude, parents), layer
            elif node.type == "at-rule" and self._counts(node, layer):
                selectors, name = parents, self._layer(node, layer)
            else:
                continue
            inside = tinycss2.parse_blocks_contents(node.content, True, True)
            self._add(selectors, inside, name)
            self.read(inside, selectors, name, depth + 1)

    def _add(self, selectors: tuple[str, ...], inside: Iterable[_Node], layer: str) -> None:
        usual, important = _declared(inside)
        if usual or important:
            number = self._layers.get(layer, _UNLAYERED)
            self.found.extend(Rule(selector, usual, important, number) for selector in selectors if selector)
        if len(self.found) > _MOST_RULES:
            raise _too_large()

    def _selectors(self, prelude: Sequence[_Node], parents: tuple[str, ...]) -> tuple[str, ...]:
        """Return the single selectors of a list; those of a nested rule with what stands around it."""
        own = _parted(prelude)
        self._selectors_made += len(own) * len(parents)
        if self._selectors_made > _MOST_SELECTORS:
            raise _too_large()
        nested = (
            selector.replace("&", parent or ":root")
            if "&" in selector and "[" not in selector
            else f"{parent} {selector}"
            for parent, selector in product(parents, own)
        )
        return tuple(selector.strip() for selector in nested if len(selector) <= _LONGEST_SELECTOR)

    def _counts(self, node: _Node, layer: str) -> bool:
        prelude = _text(node.prelude)
        match node.lower_at_keyword:
            case "layer" if node.content is None:
                for name in prelude.split(","):
                    self._layers.setdefault(f"{layer}.{name.strip()}", len(self._layers))
                return False
            case "layer":
                return True
            case "media":
                return node.content is not None and media_counts(prelude)
            case "supports":
                return node.content is not None and not prelude.startswith("not")
            case _:
                return False

    def _layer(self, node: _Node, layer: str) -> str:
        if node.lower_at_keyword != "layer":
            return layer
        name = f"{layer}.{_text(node.prelude) or len(self._layers)}"
        self._layers.setdefault(name, len(self._layers))
        return name


def media_counts(queries: str) -> bool:
    """Say whether a list of media queries holds for the screen that a page is judged on."""
    return not queries.strip() or any(_query_holds(query.strip().lower()) for query in queries.split(","))


def _query_holds(query: str) -> bool:
    if query.startswith("not "):
        return not _query_holds(query[len("not ") :])
    kind, *features = [part.strip() for part in re.split(r"\band\b", query.removeprefix("only "))]
    if kind.startswith("("):
        features.insert(0, kind)
    elif kind not in ("all", "screen"):
        return False
    return all(_feature_holds(feature) for feature in features)


def _feature_holds(feature: str) -> bool:
    if found := _WIDTH.fullmatch(feature):
        at_least = (found.group(1) or found.group(2)) in ("min-", ">")
        pixels = float(found.group(3)) * (1 if found.group(4) == "px" else _EM_PIXELS)
        return pixels <= _SCREEN_PIXELS if at_least else pixels >= _SCREEN_PIXELS
    return bool(_OTHER_FEATURES.fullmatch(feature))


def _parted(prelude: Iterable[_Node]) -> list[str]:
    """Return the selectors of a list, `:not(a, b)` as `:not(a):not(b)`, which the reader of selectors understands."""
    selectors = [""]
    for part in prelude:
        if _is_comma(part):
            selectors.append("")
        elif part.type == "function" and part.lower_name == "not" and any(map(_is_comma, part.arguments)):
            selectors[-1] += "not(" + "):not(".join(_parted(part.arguments)) + ")"
        elif part.type != "comment":
            selectors[-1] += part.serialize()
    return [selector.strip() for selector in selectors]


def _is_comma(part: _Node) -> bool:
    return part.type == "literal" and part.serialize() == ","


def _text(nodes: Iterable[_Node]) -> str:
    return "".join(node.serialize() for node in nodes if node.type != "comment").strip().lower()


def _declared(nodes: Iterable[_Node]) -> tuple[dict[str, str], dict[str, str]]:
    usual: dict[str, str] = {}
    important: dict[str, str] = {}
    for node in nodes:
        if node.type == "declaration" and _is_relevant(node.lower_name):
            _set(important if node.important else usual, node.lower_name, _text(node.value))
    return usual, important


def _set(declared: dict[str, str], name: str, value: str) -> None:
    declared[name] = value
    for part in _EMPTIED_BY.get(name, ()):
        declared[part] = ""
    if name == "font" and (found := _FONT_SIZE.search(value)):
        declared["font-size"] = found.group(1)


def _is_relevant(name: str) -> bool:
    return name in _RELEVANT_NAMES or name.startswith(_RELEVANT_STARTS)
