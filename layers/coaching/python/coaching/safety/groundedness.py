"""Groundedness: does each sentence of a reply stand on the retrieved passages?

The first check compares words, neighbouring words, numbers and what is negated. It knows no synonyms; it is fast, it
explains itself, and where it errs it refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from coaching.safety.polarity import contradicted
from coaching.safety.small_talk import needs_evidence, proposes
from coaching.safety.thresholds import ACROSS, NUMBER_CONTEXT, NUMBER_REACH, SENTENCE_SUPPORT, WINDOW, WORDS_SHARE
from coaching.safety.words import content
from coaching.vocabulary import ScoredPassage

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    """A passage as the check reads it: stems in windows, pairs of neighbouring stems, the surroundings of numbers."""

    windows: tuple[frozenset[str], ...]
    words: frozenset[str]
    pairs: frozenset[Pair]
    around: Mapping[str, tuple[frozenset[str], ...]]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages that a reply may stand on. Build it with `Evidence.of`, once per reply."""

    passages: tuple[ScoredPassage, ...] = ()
    sources: tuple[_Source, ...] = field(default=(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, passages: Sequence[ScoredPassage]) -> "Evidence":
        sources = tuple(_read(found.passage.text) for found in passages)
        return cls(tuple(passages), sources, frozenset().union(*(source.words for source in sources)))

    def nearest(self, words: frozenset[str], count: int) -> list[ScoredPassage]:
        """Return the `count` passages that share most of the stems `words`, those that share more first."""
        shared = [len(words & source.words) for source in self.sources]
        order = sorted(range(len(shared)), key=lambda number: -shared[number])
        return [self.passages[number] for number in order[:count] if shared[number]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found for one sentence. `support` is 0..1; `weight` counts the words that carry meaning."""

    support: float
    weight: int
    claims: bool
    unsupported_numbers: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether the sentence may be shown as far as groundedness goes."""
        return not self.claims or (self.support >= SENTENCE_SUPPORT and not self.unsupported_numbers)


def judge(sentence: str, evidence: Evidence, said: str = "") -> Verdict:
    """Compare one sentence with the evidence. `said` is the user's message, which may be given back to them.

    Support is the larger of the best single passage and, discounted, all passages together. Without evidence it is 0,
    and so it is where the material says the opposite.
    """
    words = content(sentence)
    windows = [window for source in evidence.sources for window in source.windows]
    claims = needs_evidence(sentence, said, windows)
    if (claims or proposes(sentence)) and contradicted(sentence, (source.text for source in evidence.sources)):
        return Verdict(0.0, len(words), claims=True)
    if not claims:
        return Verdict(1.0, len(words), claims=False)
    wanted, pairs = frozenset(words), frozenset(pairwise(words))
    if not wanted or not evidence.sources:
        return Verdict(0.0, len(words), claims=True, unsupported_numbers=_numbers(wanted))
    best = max(_agreement(wanted, pairs, source.windows, source.pairs) for source in evidence.sources)
    if best < ACROSS:
        together = frozenset().union(*sorted(windows, key=lambda window: -len(wanted & window))[:2])
        all_pairs = frozenset().union(*(source.pairs for source in evidence.sources))
        best = max(best, ACROSS * _agreement(wanted, pairs, (together,), all_pairs))
    loose = tuple(number for number in _numbers(wanted) if not _number_agrees(number, words, evidence))
    return Verdict(best, len(words), claims=True, unsupported_numbers=loose)


def groundedness(verdicts: Sequence[Verdict]) -> float:
    """Return the reply's score, 0..1: the mean support of its claims, longer claims counting more; 1 without claims."""
    claims = [verdict for verdict in verdicts if verdict.claims]
    if not claims:
        return 1.0
    weights = [max(1, claim.weight) for claim in claims]
    supports = [claim.support if claim.supported else 0.0 for claim in claims]
    return sum(weight * support for weight, support in zip(weights, supports, strict=True)) / sum(weights)


@lru_cache(maxsize=512)
def _read(text: str) -> _Source:
    words = content(text)
    step = WINDOW // 2
    windows = tuple(frozenset(words[at : at + WINDOW]) for at in range(0, max(1, len(words) - step), step))
    around: dict[str, tuple[frozenset[str], ...]] = {}
    for at, word in enumerate(words):
        if word[0].isdigit():
            around[word] = (*around.get(word, ()), _neighbours(words, at))
    return _Source(windows, frozenset(words), frozenset(pairwise(words)), around, text)


def _agreement(
    wanted: frozenset[str], pairs: frozenset[Pair], windows: Sequence[frozenset[str]], known_pairs: frozenset[Pair]
) -> float:
    of_words = max((len(wanted & window) for window in windows), default=0) / len(wanted)
    of_pairs = len(pairs & known_pairs) / len(pairs) if pairs else of_words
    return WORDS_SHARE * of_words + (1 - WORDS_SHARE) * of_pairs


def _numbers(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in words if word[0].isdigit()))


def _number_agrees(number: str, words: Sequence[str], evidence: Evidence) -> bool:
    """Whether the number stands in the evidence, counting the same thing as in the sentence."""
    surroundings = [around for source in evidence.sources for around in source.around.get(number, ())]
    if not surroundings:
        return False
    places = [_neighbours(words, at) & evidence.words for at, word in enumerate(words) if word == number]
    return all(
        not wanted or max(len(wanted & around) for around in surroundings) >= NUMBER_CONTEXT * len(wanted)
        for wanted in places
    )


def _neighbours(words: Sequence[str], at: int) -> frozenset[str]:
    nearby = [*words[max(0, at - NUMBER_REACH) : at], *words[at + 1 : at + 1 + NUMBER_REACH]]
    return frozenset(word for word in nearby if not word[0].isdigit())
