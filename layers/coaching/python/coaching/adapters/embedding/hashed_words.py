"""Words as vectors that are alike where the words have one stem, and nearly at right angles where not."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from coaching.knowledge.ports import TokenEmbedder, Tokens
from coaching.safety.words import carries_meaning, stem

WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
DIMENSION: Final = 256
SAME_MATTER: Final = 0.6
"""Share of a question's words, about: a word that is not there still has a cosine of about .1 with its nearest."""


class HashedWords(TokenEmbedder):
    """Knows the words alone and nothing of their meaning: for tests, and while no model can embed."""

    @property
    def same_matter(self) -> float:
        return SAME_MATTER

    def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return [_tokens(text) for text in texts]


def _tokens(text: str) -> Tokens:
    words = [word for word in WORD.finditer(text) if carries_meaning(word[0].lower())]
    vectors = np.array([_vector(stem(word[0].lower())) for word in words], np.float16).reshape(-1, DIMENSION)
    starts, ends = (np.array([word.span()[side] for word in words], np.int32) for side in (0, 1))
    return Tokens(vectors, starts, ends)


@lru_cache(maxsize=16_384)
def _vector(word: str) -> NDArray[np.float16]:
    values = np.random.default_rng(crc32(word.encode("utf-8", errors="replace"))).standard_normal(DIMENSION)
    return (values / np.linalg.norm(values)).astype(np.float16)
