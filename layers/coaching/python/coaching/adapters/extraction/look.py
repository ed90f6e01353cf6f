"""Whether a reader of a page would see a piece of its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from coaching.adapters.extraction.css_boxes import is_gone
from coaching.adapters.extraction.css_rules import Declarations
from coaching.adapters.extraction.css_values import EM_PIXELS, WHITE, Colour, colour, font_pixels, over, substituted

_LEAST_PIXELS = 3.0
_UNSEEN_DIFFERENCE = 8 / 255
_INHERITED = ("", "inherit", "currentcolor", "unset", "revert", "revert-layer")
_NOT_PAINTED = (*_INHERITED, "none", "initial")


@dataclass(frozen=True, slots=True)
class Look:
    """What an element inherits or is given. `gone` cannot be undone by what stands inside; the rest can.

    A colour of None is not known, and then nothing is called hidden because of it. `size` is the font's, in pixels.
    """

    gone: bool = False
    unseen: bool = False
    size: float = EM_PIXELS
    colour: Colour | None = None
    background: Colour | None = WHITE
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def visible(self) -> bool:
        too_small = self.size < _LEAST_PIXELS
        return not (self.gone or self.unseen or too_small or _alike(self.colour, self.background))

    def within(self, declared: Declarations) -> "Look":
        """Return the look of an element inside this one."""
        if not declared:
            return self
        own = {name: value for name, value in declared.items() if name.startswith("--")}
        variables = {**self.variables, **own} if own else self.variables
        if any("var(" in value for value in declared.values()):
            declared = {name: substituted(value, variables) for name, value in declared.items()}
        size = _size(declared.get("font-size", ""), self.size)
        background = _background(declared, self.background)
        return Look(
            gone=self.gone or is_gone(declared, size),
            unseen=_unseen(declared, self.unseen),
            size=size,
            colour=_text_colour(declared, self.colour, background),
            background=background,
            variables=variables,
        )

    def without_box(self) -> "Look":
        """Return the look of an element that is not laid out."""
        return replace(self, gone=True)


def _unseen(declared: Declarations, inherited: bool) -> bool:
    match declared.get("visibility"):
        case "hidden" | "collapse":
            return True
        case "visible" | "initial":
            return False
        case _:
            return inherited


def _size(value: str, inherited: float) -> float:
    if value in (*_INHERITED, "larger", "smaller"):
        return inherited
    size = font_pixels(value, inherited)
    return EM_PIXELS if size is None else size


def _text_colour(declared: Declarations, inherited: Colour | None, background: Colour | None) -> Colour | None:
    value = declared.get("-webkit-text-fill-color") or declared.get("color", "")
    if value in _INHERITED:
        return inherited
    paint = colour(value)
    # A background cut to the shape of letters, or their shadow, shows them.
    shaped = "text" in declared.get("background-clip", "") + declared.get("-webkit-background-clip", "")
    if paint is None or shaped or declared.get("text-shadow", "none") not in ("", "none"):
        return None
    return over(paint, background)


def _background(declared: Declarations, inherited: Colour | None) -> Colour | None:
    whole = declared.get("background", "")
    images = whole + declared.get("background-image", "")
    if "url(" in images or "gradient" in images:
        return None
    value = declared.get("background-color") or whole
    if value in _NOT_PAINTED:
        return inherited
    paint = colour(value)
    return None if paint is None else over(paint, inherited)


def _alike(one: Colour | None, other: Colour | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(mine - theirs) <= _UNSEEN_DIFFERENCE for mine, theirs in zip(one, other, strict=True))
