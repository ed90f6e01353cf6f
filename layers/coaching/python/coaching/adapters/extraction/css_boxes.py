"""Boxes that show nothing of what is in them: not laid out, empty, clipped away or far outside the page.

Text for screen readers alone (`.sr-only`, clipped to a point) is hidden too: a reader of the page cannot check a quote
of it. What a transition or an animation brings out is there for the reader, so it is not hidden.
"""

import re

from coaching.adapters.extraction.css_rules import Declarations
from coaching.adapters.extraction.css_values import percent, pixels

_FUNCTION = re.compile(r"([a-z0-9-]+)\(([^()]*)\)")
_SEPARATOR = re.compile(r"[\s,/]+")
_LEAST_OPACITY = 0.05
_LEAST_BOX = 1.0
_FAR = 500.0
_FAR_RIGHT = 5000.0
_STRETCHED_BY = {
    "width": ("min-width", "padding", "padding-left", "padding-right", "flex", "flex-grow"),
    "height": ("min-height", "padding", "padding-top", "padding-bottom", "flex", "flex-grow"),
}


def is_gone(declared: Declarations, font_size: float) -> bool:
    """Say whether these declarations hide an element's box, whatever stands inside it."""
    if declared.get("display") == "none" or declared.get("content-visibility") == "hidden":
        return True
    if _is_far_away(declared, font_size):
        return True
    if _is_brought_out(declared):
        return False
    return _is_see_through(declared) or _is_collapsed(declared, font_size) or _is_cut_away(declared)


def _is_brought_out(declared: Declarations) -> bool:
    return any(
        name.startswith(("transition", "animation")) and value not in ("", "none", "0s", "initial")
        for name, value in declared.items()
    )


def _is_see_through(declared: Declarations) -> bool:
    filtered = [arguments for name, arguments in _functions(declared, "filter") if name == "opacity"]
    return any(_share(value) < _LEAST_OPACITY for value in [declared.get("opacity", ""), *filtered])


def _share(value: str) -> float:
    """Return an opacity or a scale as a number, 1 for one that is not understood."""
    if (hundredths := percent(value)) is not None:
        return hundredths / 100
    number = pixels(value)
    return 1.0 if number is None else number


def _is_far_away(declared: Declarations, font_size: float) -> bool:
    names = ["text-indent", "margin-left"]
    if declared.get("position", "static") not in ("", "static", "initial", "unset"):
        names += ["left", "top", "right", "bottom"]
        if any((percent(declared.get(name, "")) or 0) <= -100 for name in ("left", "top")):
            return True
    distances = [pixels(declared.get(name, ""), font_size) for name in names]
    for name, arguments in _functions(declared, "transform"):
        if name.startswith("translate"):
            distances += [pixels(each, font_size) for each in _SEPARATOR.split(arguments.strip())]
    return any(each is not None and (each <= -_FAR or each >= _FAR_RIGHT) for each in distances)


def _is_collapsed(declared: Declarations, font_size: float) -> bool:
    """Overflowing text is seen unless it is cut off, and some boxes get their size by other means."""
    overflow = " ".join(declared.get(name, "") for name in ("overflow", "overflow-x", "overflow-y")).split()
    if not any(word in ("hidden", "clip", "scroll", "auto") for word in overflow):
        return False
    for side, others in _STRETCHED_BY.items():
        sizes = (_box_size(declared.get(name, ""), font_size) for name in (side, "max-" + side))
        if any(size is not None and size <= _LEAST_BOX for size in sizes):
            return all(declared.get(other, "0") in ("", "0", "0px", "none") for other in others)
    return (percent(declared.get("text-indent", "")) or 0) >= 100 and declared.get("white-space") == "nowrap"


def _box_size(value: str, font_size: float) -> float | None:
    return 0.0 if percent(value) == 0 else pixels(value, font_size)


def _is_cut_away(declared: Declarations) -> bool:
    clips = [*_functions(declared, "clip"), *_functions(declared, "clip-path")]
    if any(_keeps_nothing(name, _SEPARATOR.split(arguments.strip())) for name, arguments in clips):
        return True
    scales = [arguments for name, arguments in _functions(declared, "transform") if name.startswith("scale")]
    factors = [each for arguments in [*scales, declared.get("scale", "")] for each in _SEPARATOR.split(arguments)[:2]]
    return any(abs(_share(factor)) < _LEAST_OPACITY for factor in factors)


def _keeps_nothing(shape: str, arguments: list[str]) -> bool:
    match shape:
        case "rect":
            sides = [pixels(each) for each in arguments]
            if len(sides) != 4 or any(side is None for side in sides):
                return False
            top, right, bottom, left = (side or 0.0 for side in sides)
            return bottom <= top or right <= left
        case "inset":
            cut = [
                percent(each) or 0.0 for each in arguments[: arguments.index("round") if "round" in arguments else 4]
            ]
            top, right, bottom, left = (cut + cut + cut + cut)[:4] if len(cut) != 3 else [*cut, cut[1]]
            return top + bottom >= 100 or left + right >= 100
        case "circle" | "ellipse":
            return _box_size(arguments[0], 1.0) == 0
        case _:
            return False


def _functions(declared: Declarations, name: str) -> list[tuple[str, str]]:
    value = declared.get(name, "")
    return _FUNCTION.findall(value) if "(" in value else []
