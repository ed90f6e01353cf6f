"""Support: how probable it is that a sentence stands on the passages, from how far it agrees with them.

The weights come from `python -m training.groundedness` and lie in `support.json`. They were learned from replies that
people judged; where the file is missing or damaged, plain shares of words decide, more strictly.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from math import exp
from typing import Final

from coaching.errors import Unavailable
from coaching.safety.agreement import FEATURES

FILE: Final = "support.json"
FORMAT: Final = 1
_STRICT: Final = 0.8
"""Discount of the plain share of words where no weights can be read."""


class SupportUnusable(Unavailable):
    """The file with the weights is missing, damaged or made for other features."""

    code = "weights_unusable"


@dataclass(frozen=True, slots=True)
class Support:
    """A logistic over the features of `agreement`, in their order."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, row: Sequence[float]) -> float:
        """Return 0..1."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, row, strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def plain_support(row: Sequence[float]) -> float:
    """Return 0..1 from words and pairs alone, lower than the shares that they are."""
    found = dict(zip(FEATURES, row, strict=True))
    return _STRICT * (0.7 * found["in one window"] + 0.3 * found["pairs"])


@cache
def shipped() -> Support:
    """Return the weights that ship. Raises: SupportUnusable."""
    try:
        text = files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SupportUnusable(f"{FILE} cannot be read. Make it with python -m training.groundedness.") from error
    return unpacked(text)


def packed(support: Support) -> str:
    """Return the file of these weights."""
    body = {
        "format": FORMAT,
        "features": list(FEATURES),
        "weights": [round(weight, 6) for weight in support.weights],
        "bias": round(support.bias, 6),
    }
    return json.dumps(body | {"sha256": _checksum(body)}, indent=1) + "\n"


def unpacked(text: str) -> Support:
    """Read weights. Raises: SupportUnusable where anything is missing, changed or of other features."""
    try:
        body = json.loads(text)
        kept = body.pop("sha256")
        if kept != _checksum(body) or body["format"] != FORMAT or tuple(body["features"]) != FEATURES:
            raise SupportUnusable(f"{FILE} is not what the training wrote for these features. Make it again.")
        return Support(tuple(float(weight) for weight in body["weights"]), float(body["bias"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SupportUnusable(f"{FILE} is damaged. Make it with python -m training.groundedness.") from error


def _checksum(body: dict[str, object]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
