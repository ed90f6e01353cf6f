"""How a user's words meet the creator's: the same stem, a word of like meaning, or the word with a typing error."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from coaching.conversation.thesaurus import in_one_word, kin
from coaching.safety.words import content

LIKE_MEANING = 0.8
"""How much a word of like meaning counts beside the word itself."""
MISTYPED = 0.9
SHORTEST_MISTYPED = 5
"""Letters. Among shorter words, one letter makes another word too often."""


@lru_cache(maxsize=16_384)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the words of `text` that carry meaning."""
    return frozenset(content(in_one_word(text)))


def accepted(word: str, known: Collection[str]) -> Mapping[str, float]:
    """Return which of the `known` stems stand for `word`, and how much each counts (0..1)."""
    exact = {word: 1.0} if word in known else dict.fromkeys(mistyped(word, known), MISTYPED)
    return {other: LIKE_MEANING for other in kin(word) if other in known} | exact


def mistyped(word: str, known: Collection[str]) -> list[str]:
    """Return the known stems that are one letter away from `word`; the first letter is seldom the wrong one."""
    if len(word) < SHORTEST_MISTYPED or word[0].isdigit():
        return []
    return [
        other
        for other in known
        if other[:1] == word[:1] and abs(len(other) - len(word)) <= 1 and _one_letter_apart(word, other)
    ]


def _one_letter_apart(first: str, second: str) -> bool:
    if len(first) > len(second):
        first, second = second, first
    same = 0
    while same < len(first) and first[same] == second[same]:
        same += 1
    rest = first[same + 1 :] if len(first) == len(second) else first[same:]
    return rest == second[same + 1 :]
