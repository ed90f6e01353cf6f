"""Whether a reader of a page would see a piece of its text."""

import re
from dataclasses import dataclass, replace

from coaching.adapters.extraction.css import Declarations

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)

_NAMED: dict[str, Colour] = {
    "white": WHITE,
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "navy": (0, 0, 128),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211),
}
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(([^)]*)\)")
_NUMBER = re.compile(r"-?\d*\.?\d+")
_ZERO = re.compile(r"0*\.?0+(?:[a-z]+|%)?")
_RELATIVE_SIZE = re.compile(r"-?\d*\.?\d+(?:em|%|ex|ch)")
_FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d*)?(?:px|em|rem|pt|%)?")
_UNSEEN_DIFFERENCE = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What an element inherits or is given. `gone` cannot be undone by what stands inside; the rest can.

    A colour of None is not known, and then nothing is called hidden because of it.
    """

    gone: bool = False
    unseen: bool = False
    no_size: bool = False
    colour: Colour | None = None
    background: Colour | None = WHITE

    @property
    def visible(self) -> bool:
        return not (self.gone or self.unseen or self.no_size or _alike(self.colour, self.background))

    def within(self, declared: Declarations) -> "Look":
        """Return the look of an element inside this one."""
        if not declared:
            return self
        return replace(
            self,
            gone=self.gone or _gone(declared),
            unseen=_unseen(declared, self.unseen),
            no_size=_no_size(declared, self.no_size),
            colour=_text_colour(declared, self),
            background=_background(declared, self.background),
        )


def _gone(declared: Declarations) -> bool:
    # Text that starts transparent and is moved or faded in is there for the reader.
    fades_in = any(name.startswith(("transition", "animation")) for name in declared)
    return (
        declared.get("display") == "none"
        or (bool(_ZERO.fullmatch(declared.get("opacity", ""))) and not fades_in)
        or any(_FAR_AWAY.fullmatch(declared.get(name, "")) for name in ("left", "top", "text-indent", "margin-left"))
    )


def _unseen(declared: Declarations, inherited: bool) -> bool:
    match declared.get("visibility"):
        case "hidden" | "collapse":
            return True
        case "visible" | "initial":
            return False
        case _:
            return inherited


def _no_size(declared: Declarations, inherited: bool) -> bool:
    size = declared.get("font-size", "")
    if _ZERO.fullmatch(size):
        return True
    keeps = not size or size in ("inherit", "unset", "larger", "smaller") or _RELATIVE_SIZE.fullmatch(size)
    return inherited if keeps else False


def _text_colour(declared: Declarations, inherited: Look) -> Colour | None:
    value = declared.get("color", "")
    if value in ("", "inherit", "currentcolor", "unset"):
        return inherited.colour
    if value == "transparent" and "text" not in _clip(declared):
        return _background(declared, inherited.background)
    return _parsed(value)


def _clip(declared: Declarations) -> str:
    return declared.get("background-clip", "") + declared.get("-webkit-background-clip", "")


def _background(declared: Declarations, inherited: Colour | None) -> Colour | None:
    value = declared.get("background-color") or declared.get("background", "")
    if "url(" in value or "gradient" in value or "url(" in declared.get("background-image", ""):
        return None
    if value in ("", "none", "transparent", "inherit", "initial", "unset"):
        return inherited
    return _parsed(value)


def _parsed(value: str) -> Colour | None:
    """Return the first colour named in a value, or None."""
    if found := _RGB.search(value):
        numbers = [float(number) for number in _NUMBER.findall(found.group(1))]
        return (int(numbers[0]), int(numbers[1]), int(numbers[2])) if len(numbers) == 3 and "%" not in value else None
    for word in value.split():
        if _HEX.fullmatch(word):
            return _from_hex(word[1:])
        if word in _NAMED:
            return _NAMED[word]
    return None


def _from_hex(digits: str) -> Colour | None:
    if len(digits) in (4, 8):
        return None
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _alike(colour: Colour | None, background: Colour | None) -> bool:
    if colour is None or background is None:
        return False
    return all(abs(one - other) <= _UNSEEN_DIFFERENCE for one, other in zip(colour, background, strict=True))
