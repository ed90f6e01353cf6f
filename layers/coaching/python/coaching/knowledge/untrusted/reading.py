"""A passage as the detector reads it: signs window by window, drawn together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coaching.knowledge.untrusted.signs import NAMES, WRITTEN, signs
from coaching.knowledge.untrusted.windows import Window, windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_PHRASES: Final = 6
DRAWN: Final = (*NAMES, "loudest", "second loudest", "phrases in one window")
"""What `Reading.drawn` returns, in its order."""
_LOUDNESS_SCALE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The windows of a text and the signs of each: (windows, len(NAMES))."""

    windows: Sequence[Window]
    signs: "Array"

    def drawn(self, loudness: "Array") -> "Array":
        """Return the features of the whole, given how loud each window is, in the order of `DRAWN`."""
        import numpy as np

        ordered = np.sort(loudness)[::-1]
        second = ordered[1] if len(ordered) > 1 else ordered[0] - 1
        phrases = (self.signs[:, :WRITTEN] > 0).sum(axis=1).max()
        summary = [
            ordered[0] / _LOUDNESS_SCALE,
            second / _LOUDNESS_SCALE,
            min(MOST_PHRASES, phrases) / MOST_PHRASES,
        ]
        return np.concatenate([self.signs.max(axis=0), summary])


def read(text: str) -> Reading:
    """Return the reading of a text; one without a word is read as a single window."""
    import numpy as np

    found = windows(text) or [Window(text, 0)]
    return Reading(found, np.array([signs(window.text) for window in found]))
