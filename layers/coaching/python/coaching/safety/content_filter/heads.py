"""What the trained heads say of a reply beside the message that it answers: how unsafe it is, 0..1."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from coaching.safety.redflags.normal import plain
from coaching.safety.redflags.words import hashed
from coaching.safety.weights_file import WeightsDamaged, packed, unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coaching.safety.redflags.ports import Vector
    from coaching.safety.weights_file import Arrays

    Array = NDArray[np.float64]

FILE: Final = "weights.npz"
FORMAT: Final = 1
SHARED: Final = 10.0
"""What the product of two vectors is multiplied by, so that it is of the size of the vectors."""
_MOST_LOGIT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Head:
    """A logistic. `reply` and `context` weigh hashed words, (buckets,); `meaning` weighs `meant`, if there is one."""

    bias: float
    reply: "Array"
    context: "Array"
    meaning: "Array | None" = None


@dataclass(frozen=True, slots=True)
class Heads:
    """`whole` reads meaning and words, `words` reads words alone. Thresholds are probabilities."""

    embedding_model: str
    whole: Head
    words: Head
    threshold: float
    threshold_of_words: float


def meant(reply: "Vector", context: "Vector") -> "Array":
    """Return what of two vectors of length 1 is weighed: each, and where they point the same way."""
    import numpy as np

    one, other = reply.astype(np.float64), context.astype(np.float64)
    return np.concatenate([one, other, SHARED * one * other], axis=-1)


def chance(head: Head, reply: str, context: str, meaning: "Array | None" = None) -> float:
    """Return how probable it is, 0..1, that `reply` is unsafe as an answer to `context`."""
    import numpy as np

    logit = head.bias
    for text, weights in ((reply, head.reply), (context, head.context)):
        buckets, filled = hashed(plain(text).text)
        logit += float(filled @ weights[buckets])
    if head.meaning is not None and meaning is not None:
        logit += float(meaning @ head.meaning)
    return float(1 / (1 + np.exp(-np.clip(logit, -_MOST_LOGIT, _MOST_LOGIT))))


@cache
def shipped() -> Heads:
    """Return the heads that ship. Raises: WeightsDamaged."""
    try:
        data = files(__package__).joinpath(FILE).read_bytes()
    except OSError as error:
        raise WeightsDamaged(f"{FILE} cannot be read. Make it with python -m training.responses.") from error
    return loaded(data)


def stored(heads: Heads) -> bytes:
    """Return the file of these heads."""
    import numpy as np

    assert heads.whole.meaning is not None
    card = {
        "format": FORMAT,
        "embedding_model": heads.embedding_model,
        "biases": [round(heads.whole.bias, 6), round(heads.words.bias, 6)],
        "thresholds": [heads.threshold, heads.threshold_of_words],
    }
    arrays: Arrays = {
        "whole.meaning": heads.whole.meaning.astype(np.float32),
        "whole.reply": heads.whole.reply.astype(np.float16),
        "whole.context": heads.whole.context.astype(np.float16),
        "words.reply": heads.words.reply.astype(np.float16),
        "words.context": heads.words.context.astype(np.float16),
    }
    return packed(card, arrays)


def loaded(data: bytes) -> Heads:
    """Read heads. Raises: WeightsDamaged."""
    card, arrays = unpacked(data, FORMAT)
    try:
        first, second = card["biases"]
        threshold, of_words = card["thresholds"]
        meaning = arrays["whole.meaning"].astype("float64")
        return Heads(
            str(card["embedding_model"]),
            Head(first, arrays["whole.reply"], arrays["whole.context"], meaning),
            Head(second, arrays["words.reply"], arrays["words.context"]),
            threshold,
            of_words,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsDamaged(f"{FILE} is damaged. Make it with python -m training.responses.") from error
