"""Whether a passage speaks to the model that will read it: written signs and the passage's own vector, weighed.

The weights come from `python -m training.injection`; `CARD.md` beside them says from what, and how good they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from coaching.knowledge.untrusted.reading import DRAWN, Reading, read
from coaching.knowledge.untrusted.signs import NAMES
from coaching.knowledge.untrusted.windows import Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coaching.knowledge.ports import Vector

    Array = NDArray[np.float64]

WEIGHTS: Final = "weights.json"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much a text looks like instructions to a model: `score` 0..1, and the window that looks most so."""

    score: float
    raised: bool
    window: Window


@dataclass(frozen=True, slots=True)
class Head:
    """A logistic regression; `threshold` is the score from which a text counts as suspicious."""

    weights: "Array"
    bias: float
    threshold: float = 0.5

    def score(self, features: "Array") -> float:
        import numpy as np

        return float(1 / (1 + np.exp(-(features @ self.weights + self.bias))))


@dataclass(frozen=True, slots=True)
class Detector:
    """`loudness` weighs one window's signs. `whole` weighs a text; `whole_with_meaning` needs its vector as well.

    `embedding_model` names the space of that vector.
    """

    embedding_model: str
    loudness: Head
    whole: Head
    whole_with_meaning: Head

    def judge(self, text: str, vector: "Vector | None" = None) -> Suspicion:
        """Return the suspicion of a text, by its vector too where one of `embedding_model` is given."""
        return self.weigh(read(text), vector)

    def weigh(self, reading: Reading, vector: "Vector | None" = None) -> Suspicion:
        import numpy as np

        loudness = reading.signs @ self.loudness.weights
        drawn = reading.drawn(loudness + self.loudness.bias)
        head = self.whole if vector is None else self.whole_with_meaning
        score = head.score(drawn if vector is None else np.concatenate([drawn, vector]))
        return Suspicion(score, score >= head.threshold, reading.windows[int(loudness.argmax())])


@cache
def shipped() -> Detector:
    """Return the detector with the weights that ship."""
    return from_json(files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8"))


def from_json(text: str) -> Detector:
    """Read a detector. Raises: ValueError where its features are not those that this code writes."""
    stored = json.loads(text)
    if tuple(stored["loudness"]["signs"]) != NAMES or tuple(stored["whole"]["signs"]) != DRAWN:
        raise ValueError(f"{WEIGHTS} was trained on other signs; run python -m training.injection")
    return Detector(
        stored["embedding_model"],
        _head(stored["loudness"]),
        _head(stored["whole"]),
        _head(stored["whole_with_meaning"]),
    )


def to_json(detector: Detector) -> str:
    """Write a detector so that the same one always gives the same text."""
    stored = {
        "embedding_model": detector.embedding_model,
        "loudness": _stored(detector.loudness, NAMES),
        "whole": _stored(detector.whole, DRAWN),
        "whole_with_meaning": _stored(detector.whole_with_meaning, DRAWN),
    }
    return json.dumps(stored, indent=1, ensure_ascii=False) + "\n"


def _head(stored: Mapping[str, Any]) -> Head:
    import numpy as np

    weights = [*stored["signs"].values(), *stored["meaning"]]
    return Head(np.array(weights, dtype=np.float64), stored["bias"], stored["threshold"])


def _stored(head: Head, names: tuple[str, ...]) -> dict[str, object]:
    rounded = [round(float(weight), 4) for weight in head.weights]
    return {
        "threshold": head.threshold,
        "bias": round(head.bias, 4),
        "signs": dict(zip(names, rounded, strict=False)),
        "meaning": rounded[len(names) :],
    }
