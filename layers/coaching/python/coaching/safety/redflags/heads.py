"""What the heads say of a message: a logit per topic from its meaning and from its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coaching.safety.redflags.features import TOPICS
from coaching.safety.redflags.words import hashed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coaching.safety.redflags.ports import Vector, Vectors
    from coaching.safety.redflags.weights import Linear, Weights

    Array = NDArray[np.float64]

SCALE: Final = 4.0
"""Logits are divided by it, so that they are of the size of the rules' features."""
_LEAST_SHARE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Worded:
    """The word logits of a message, (topics,), and of its windows, (windows, topics)."""

    whole: "Array"
    windows: "Array"

    def loudest(self, most: int) -> list[int]:
        """Return the windows with the highest logits, in order of the text."""
        import numpy as np

        ordered = np.argsort(-self.windows.max(axis=1), kind="stable")[:most]
        return sorted(ordered.tolist())

    @property
    def features(self) -> "Array":
        import numpy as np

        features: Array = np.concatenate([self.whole, self.windows.max(axis=0)]) / SCALE
        return features


def worded(head: "Linear", text: str, windows: Sequence[str]) -> Worded:
    """Weigh the words of a plain text and of its windows."""
    import numpy as np

    whole = _of_words(head, text)
    if len(windows) <= 1:
        return Worded(whole, whole[None, :])
    return Worded(whole, np.array([_of_words(head, window) for window in windows]))


def _of_words(head: "Linear", text: str) -> "Array":
    buckets, filled = hashed(text)
    logits: Array = filled @ head.weights[buckets] + head.bias
    return logits


def of_meaning(weights: "Weights", whole: "Vector", windows: "Vectors") -> "Array":
    """Return what the vectors of a message and of its chosen windows say: of posts, of chat, and the community."""
    import numpy as np

    said = weights.meaning(whole.astype(np.float64))
    loudest = weights.meaning(windows.astype(np.float64)).max(axis=0) if len(windows) else said
    odds = of_kinds_rows(weights.kinds(whole.astype(np.float64))[None], weights.kind_topics)[0]
    features: Array = np.concatenate([said, np.maximum(said, loudest), odds]) / SCALE
    return features


def gravity_of(weights: "Weights", whole: "Vector") -> "Array":
    """Return the logits of `gravity_meaning` for a message's vector."""
    import numpy as np

    return weights.gravity_meaning(whole.astype(np.float64))


def of_kinds_rows(logits: "Array", kind_topics: Sequence[Sequence[str]]) -> "Array":
    """Return the log odds (n, topics) that texts are from one of a topic's communities; 0 where it has none."""
    import numpy as np

    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    odds = np.zeros((len(logits), len(TOPICS)))
    for column, topic in enumerate(TOPICS):
        own = [at for at, topics in enumerate(kind_topics) if topic.value in topics]
        if own:
            share = np.clip(shares[:, own].sum(axis=1), _LEAST_SHARE, 1 - _LEAST_SHARE)
            odds[:, column] = np.log(share / (1 - share))
    return odds
