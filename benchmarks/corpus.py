"""A creator's passages and a user's questions of any number, made deterministically from a fixed vocabulary."""

import random
from collections.abc import Sequence

_SYLLABLES = (
    "ba",
    "co",
    "di",
    "fu",
    "ga",
    "he",
    "jo",
    "ki",
    "lu",
    "ma",
    "ne",
    "po",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "zo",
)
_WORDS_IN_A_PASSAGE = 150
_WORDS_IN_A_QUESTION = 9


def vocabulary(size: int = 20_000, seed: int = 1) -> list[str]:
    rng = random.Random(seed)  # noqa: S311 - no secret
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(size)]


def passages(count: int, seed: int = 2) -> list[str]:
    """Return texts of about 1,000 characters whose words are distributed as in language (Zipf, exponent 1)."""
    rng, words = random.Random(seed), vocabulary()  # noqa: S311 - no secret
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [_sentences(rng.choices(words, weights, k=_WORDS_IN_A_PASSAGE)) for _ in range(count)]


def questions(texts: Sequence[str], count: int, seed: int = 3) -> list[str]:
    """Return questions made of words that stand together in some passage."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    asked = []
    for text in rng.choices(texts, k=count):
        words = text.replace(".", "").split()
        start = rng.randrange(len(words) - _WORDS_IN_A_QUESTION)
        asked.append("How does " + " ".join(words[start : start + _WORDS_IN_A_QUESTION]).lower() + "?")
    return asked


def _sentences(words: Sequence[str], length: int = 12) -> str:
    parts = (words[start : start + length] for start in range(0, len(words), length))
    return " ".join(" ".join(part).capitalize() + "." for part in parts)
