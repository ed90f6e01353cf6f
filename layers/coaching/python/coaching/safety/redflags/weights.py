"""The weights that `python -m training.redflags` makes: one file of plain arrays with a checksum, no code in it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from coaching.errors import Unavailable
from coaching.safety import weights_file
from coaching.safety.redflags.features import RULE_FEATURES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FILE: Final = "weights.npz"
FORMAT: Final = 1


class WeightsUnusable(Unavailable):
    """The file with the weights is missing, damaged or made for other code; the rules decide alone."""

    code = "weights_unusable"


@dataclass(frozen=True, slots=True)
class Linear:
    """`row @ weights + bias`: (features, heads) and (heads,)."""

    weights: "Array"
    bias: "Array"

    def __call__(self, row: "Array") -> "Array":
        logits: Array = row @ self.weights + self.bias
        return logits


@dataclass(frozen=True, slots=True)
class Weights:
    """All heads. Columns over topics stand in the order of `Topic`.

    `meaning` weighs a vector of `embedding_model` for each topic as posts speak of it, then as chat does; `kinds` for
    each community that posts were learned from; `words` weighs hashed words. `whole` fuses these with what the rules
    found, `without_meaning` where there is no vector. `gravity` says how grave a topic is (at least elevated, at least
    high, imminent) and whether it is about somebody else; `talk` how grave a conversation is (at least low, elevated,
    high, imminent).
    `thresholds` are probabilities, one per topic, with a vector and without one.
    """

    embedding_model: str
    kind_topics: tuple[tuple[str, ...], ...]
    meaning: Linear
    kinds: Linear
    words: Linear
    whole: Linear
    without_meaning: Linear
    gravity_meaning: Linear
    gravity: Linear
    gravity_without_meaning: Linear
    talk: Linear
    thresholds: "Array"
    thresholds_without_meaning: "Array"


@cache
def shipped() -> Weights:
    """Return the weights that ship, read once. Raises: WeightsUnusable, each time anew."""
    try:
        data = files(__package__).joinpath(FILE).read_bytes()
    except OSError as error:
        raise WeightsUnusable(f"{FILE} cannot be read. Make it with python -m training.redflags.") from error
    return unpacked(data)


def packed(weights: Weights) -> bytes:
    """Return the file of these weights; the same weights give the same bytes."""
    import numpy as np

    arrays: dict[str, NDArray[Any]] = {}
    for field in fields(weights):
        value = getattr(weights, field.name)
        if isinstance(value, Linear):
            kept = np.float16 if field.name == "words" else np.float32
            arrays[f"{field.name}.weights"] = value.weights.astype(kept)
            arrays[f"{field.name}.bias"] = value.bias.astype(np.float32)
        elif isinstance(value, np.ndarray):
            arrays[field.name] = value.astype(np.float32)
    card = {
        "format": FORMAT,
        "embedding_model": weights.embedding_model,
        "kind_topics": weights.kind_topics,
        "rules": RULE_FEATURES,
    }
    return weights_file.packed(card, arrays)


def unpacked(data: bytes) -> Weights:
    """Read weights. Raises: WeightsUnusable where anything is missing, changed or of another format."""
    try:
        return _weights(*weights_file.unpacked(data, FORMAT))
    except (weights_file.WeightsDamaged, KeyError, TypeError) as error:
        raise WeightsUnusable(f"{FILE} is damaged. Make it again with python -m training.redflags.") from error


def _weights(card: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]") -> Weights:
    import numpy as np

    if tuple(card["rules"]) != RULE_FEATURES:
        raise WeightsUnusable(f"{FILE} was made for other rules. Make it again with python -m training.redflags.")
    found: dict[str, Any] = {
        "embedding_model": card["embedding_model"],
        "kind_topics": tuple(tuple(names) for names in card["kind_topics"]),
    }
    for name in (field.name for field in fields(Weights) if field.name not in found):
        if name in arrays:
            found[name] = arrays[name].astype(np.float64)
        else:
            matrix = arrays[f"{name}.weights"]
            # Of the words' many rows few are read at a time.
            found[name] = Linear(
                matrix if name == "words" else matrix.astype(np.float64), arrays[f"{name}.bias"].astype(np.float64)
            )
    return Weights(**found)
