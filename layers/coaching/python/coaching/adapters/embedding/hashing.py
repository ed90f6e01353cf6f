"""An embedder without a model, for tests and benchmarks."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal
from zlib import crc32

import numpy as np

from coaching.knowledge.ports import Embedder, Vectors

WORD: Final = re.compile(r"\w+")
SHORT_WORD: Final = 3
SHORT_WORD_WEIGHT: Final = 0.2
PAIR_WEIGHT: Final = 0.5
MIX: Final = 0x9E3779B1
"""Golden-ratio multiplier (Knuth): spreads CRC-32, which is linear, over its high bits."""
SIGN_BIT: Final = 0x80


class HashEmbedder(Embedder):
    """Feature hashing (Weinberger et al. 2009) of words and pairs of neighbouring words.

    Texts that share words are near each other; meaning beyond that is unknown to it. The same in every process.
    Words of up to three letters, mostly grammar, count little. `purpose` makes no difference.
    """

    def __init__(self, dimension: int = 384) -> None:
        self._dimension = dimension

    @property
    def model(self) -> str:
        return f"hash-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            totals = self._totals(text)
            length = math.hypot(*totals.values())
            # A text without words points along the first axis.
            row[list(totals) or [0]] = [total / length for total in totals.values()] or [1.0]
        return vectors

    def _totals(self, text: str) -> dict[int, float]:
        totals: defaultdict[int, float] = defaultdict(float)
        for feature, weight in _features(text):
            number = crc32(feature.encode("utf-8", errors="replace")) * MIX & 0xFFFFFFFF
            totals[(number >> 8) % self._dimension] += weight if number & SIGN_BIT else -weight
        return {axis: total for axis, total in totals.items() if total}


def _features(text: str) -> Iterator[tuple[str, float]]:
    words = WORD.findall(text.lower())
    for word in words:
        yield word, SHORT_WORD_WEIGHT if len(word) <= SHORT_WORD else 1.0
    for first, second in pairwise(words):
        yield f"{first} {second}", PAIR_WEIGHT
