"""The thresholds that a creator may set, each within bounds that no setting leaves: a setting makes a check stricter.

Settings of `PUT /v1/creator`: `grounding_threshold`, `claims_threshold` and `content_threshold`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from coaching.safety.thresholds import CLAIMS_SUPPORTED, MINOR_SUPPORT, SENTENCE_SUPPORT
from coaching.vocabulary import Scalar

GROUNDING_SETTING: Final = "grounding_threshold"
"""Least support of a sentence that claims something, 0.5 to 0.95."""
CLAIMS_SETTING: Final = "claims_threshold"
"""Least share of a reply's claims that need support, 0.6 to 1."""
CONTENT_SETTING: Final = "content_threshold"
"""Probability of unsafe content from which a sentence is refused, 0.35 to 1; it counts where it is below the trained
one."""
SETTINGS: Final = {GROUNDING_SETTING: (SENTENCE_SUPPORT, 0.95), CLAIMS_SETTING: (CLAIMS_SUPPORTED, 1.0),
                   CONTENT_SETTING: (0.35, 1.0)}  # fmt: skip
"""The bounds of each setting."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`support` a sentence needs, `claims` a reply; `content` takes the trained threshold's place where it is lower."""

    support: float = SENTENCE_SUPPORT
    claims: float = CLAIMS_SUPPORTED
    content: float = 1.0

    def for_minor(self) -> "Bounds":
        """Return them as they are for somebody under age."""
        return replace(self, support=max(self.support, MINOR_SUPPORT))


def bounds_of(settings: Mapping[str, Scalar]) -> Bounds:
    """Return a creator's thresholds. What is no number, or beyond the bounds, counts as the nearest one within."""
    return Bounds(
        _within(settings, GROUNDING_SETTING, SENTENCE_SUPPORT),
        _within(settings, CLAIMS_SETTING, CLAIMS_SUPPORTED),
        _within(settings, CONTENT_SETTING, 1.0),
    )


def _within(settings: Mapping[str, Scalar], name: str, usual: float) -> float:
    value = settings.get(name, usual)
    if isinstance(value, bool | str) or value != value:
        return usual
    least, most = SETTINGS[name]
    return min(most, max(least, float(value)))
