"""Values of style declarations: lengths, colours in any notation, and `var()`."""

import re
from collections.abc import Mapping
from functools import lru_cache

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""

WHITE: Colour = (1.0, 1.0, 1.0)
EM_PIXELS = 16.0

_LENGTH = re.compile(r"([+-]?\d*\.?\d+(?:e[+-]?\d+)?)([a-z]+|%)?")
_PIXELS = {
    "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "rem": EM_PIXELS,
    "vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8, None: 1.0,
}  # fmt: skip
_RELATIVE = {"em": 1.0, "ex": 0.5, "ch": 0.5, "%": 0.01}
_VARIABLE = re.compile(r"var\(\s*(--[^\s,()]+)\s*(?:,([^()]*))?\)")
_MOST_SUBSTITUTIONS = 16
_LONGEST_VALUE = 2000


def pixels(value: str, font_size: float = EM_PIXELS) -> float | None:
    """Return a length in CSS pixels, or None for another value or a percentage."""
    found = _LENGTH.fullmatch(value)
    if found is None or found.group(2) == "%":
        return None
    number, unit = float(found.group(1)), found.group(2)
    if unit in _RELATIVE:
        return number * _RELATIVE[unit] * font_size
    return number * _PIXELS[unit] if unit in _PIXELS else None


def font_pixels(value: str, inherited: float) -> float | None:
    """Return a font size in CSS pixels, or None for one that is given by a word or a formula."""
    found = _LENGTH.fullmatch(value)
    if found is not None and found.group(2) == "%":
        return float(found.group(1)) / 100 * inherited
    return pixels(value, inherited)


def percent(value: str) -> float | None:
    """Return the number before a percent sign, or None for another value."""
    found = _LENGTH.fullmatch(value)
    return float(found.group(1)) if found is not None and found.group(2) == "%" else None


@lru_cache(maxsize=4096)
def colour(value: str) -> tuple[Colour, float] | None:
    """Return the first colour named in a value and how opaque it is, from 0 to 1; None where there is none."""
    import tinycss2
    from tinycss2.color4 import parse_color

    for token in tinycss2.parse_component_value_list(value):
        found = parse_color(token)
        if found is None or isinstance(found, str):
            continue
        try:
            red, green, blue = found.to("srgb").coordinates
        except NotImplementedError:
            return None
        return (float(red), float(green), float(blue)), float(found.alpha)
    return None


def over(paint: tuple[Colour, float], ground: Colour | None) -> Colour | None:
    """Return the colour that a paint leaves on a ground. An unknown ground shows through what is not opaque."""
    (red, green, blue), alpha = paint
    if alpha >= 1:
        return red, green, blue
    if ground is None:
        return None
    return (
        alpha * red + (1 - alpha) * ground[0],
        alpha * green + (1 - alpha) * ground[1],
        alpha * blue + (1 - alpha) * ground[2],
    )


def substituted(value: str, variables: Mapping[str, str]) -> str:
    """Return a value with its `var()` replaced; an empty one where that cannot be done, as if it were not given."""
    for _ in range(_MOST_SUBSTITUTIONS):
        if "var(" not in value:
            return value.strip()
        value = _VARIABLE.sub(lambda found: variables.get(found.group(1), found.group(2) or ""), value)
        if len(value) > _LONGEST_VALUE:
            break
    return ""
