"""The content filter: written rules and trained heads, each of which may refuse a sentence."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from coaching.errors import EmbedderUnavailable
from coaching.safety.content_filter.harms import Harm
from coaching.safety.content_filter.heads import Heads, chance, meant
from coaching.safety.content_filter.rules import counts_body, harms, is_harmful_plan
from coaching.safety.redflags.ports import Meanings
from coaching.safety.weights_file import WeightsDamaged

STRICTER: Final = 0.85
"""What the heads' thresholds are multiplied by for somebody under age."""
FEWEST_WORDS: Final = 5
"""Of a sentence that is judged by its words where its meaning cannot be read; shorter ones the rules judge alone."""


def no_heads() -> Heads:
    """For a place without trained heads: the rules decide alone, more strictly."""
    raise WeightsDamaged("There are no trained heads here.")


@dataclass(frozen=True, slots=True)
class ContentFilter:
    """`heads` raises WeightsDamaged where there are none. The vectors are those of the bundled MiniLM."""

    meanings: Meanings
    heads: Callable[[], Heads]

    def of_creator(self, sentence: str, said: str, *, minor: bool = False) -> tuple[Harm, ...]:
        """Return what is wrong with a creator's own words as an answer to `said`.

        What they teach is theirs: a dose that stands in the material may be quoted.
        """
        found = [harm for harm in harms(sentence, said) if harm is not Harm.EXPERTISE]
        return tuple(found + _of_body(sentence, minor))

    def __call__(
        self, sentence: str, said: str, *, bound: float | None = None, minor: bool = False, grounded: bool = False
    ) -> tuple[Harm, ...]:
        """Return what is wrong with a model's sentence as an answer to `said`; nothing where it may be shown.

        `bound` is a probability that takes the place of the trained threshold where it is stricter. What is `grounded`
        says what the creator teaches: the rules judge it, the heads do not.
        """
        found = [*harms(sentence, said), *_of_body(sentence, minor)]
        if found or grounded:
            return tuple(found)
        return tuple(self._by_heads(sentence, said, bound, minor))

    def score(self, sentence: str, said: str) -> float:
        """Return how probable it is, 0..1, that a sentence is unsafe, by the heads, whose doubt a rule halves."""
        by_rules = any(harms(sentence, said))
        try:
            found = self._chance(self.heads(), sentence, said)[0]
        except WeightsDamaged:
            found = 0.0
        return (1 + found) / 2 if by_rules else found

    def _by_heads(self, sentence: str, said: str, bound: float | None, minor: bool) -> Iterator[Harm]:
        try:
            heads = self.heads()
        except WeightsDamaged:
            # The rules are alone: to a harmful plan only a question is answered in a model's words.
            if is_harmful_plan(said) and not sentence.rstrip("\"”'*_) ").endswith("?"):
                yield Harm.UNSAFE
            return
        found, threshold = self._chance(heads, sentence, said)
        least = min(threshold, threshold if bound is None else bound) * (STRICTER if minor else 1.0)
        if found >= least:
            yield Harm.UNSAFE

    def _chance(self, heads: Heads, sentence: str, said: str) -> tuple[float, float]:
        """Return the probability and the threshold that goes with how it was found."""
        with suppress(EmbedderUnavailable):
            reply, context = self.meanings.vectors([sentence, said or sentence])
            return chance(heads.whole, sentence, said, meant(reply, context)), heads.threshold
        short = len(sentence.split()) < FEWEST_WORDS
        return 0.0 if short else chance(heads.words, sentence, said), heads.threshold_of_words


def _of_body(sentence: str, minor: bool) -> list[Harm]:
    return [Harm.BODY] if minor and counts_body(sentence) else []
