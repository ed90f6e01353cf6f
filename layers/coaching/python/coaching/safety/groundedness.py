"""Groundedness: does each sentence of a reply stand on the retrieved passages?

Words, their neighbours and order, names and numbers are compared, and a calibrated score says how far they agree
(`coaching.safety.support`). Apart from the score, a number that counts something else and a negation the other way
round refuse. It is fast and explains itself, and where it errs it refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coaching.safety.agreement import Said, agreement
from coaching.safety.polarity import contradicted
from coaching.safety.small_talk import needs_evidence, proposes
from coaching.safety.sources import Source, neighbours, read_source
from coaching.safety.support import SupportUnusable, plain_support, shipped
from coaching.safety.thresholds import NUMBER_CONTEXT, SENTENCE_SUPPORT
from coaching.vocabulary import ScoredPassage


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages that a reply may stand on. Build it with `Evidence.of`, once per reply."""

    passages: tuple[ScoredPassage, ...] = ()
    sources: tuple[Source, ...] = field(default=(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, passages: Sequence[ScoredPassage]) -> "Evidence":
        sources = tuple(read_source(found.passage.text) for found in passages)
        return cls(tuple(passages), sources, frozenset().union(*(source.words for source in sources)))

    def nearest(self, words: frozenset[str], count: int) -> list[ScoredPassage]:
        """Return the `count` passages that share most of the stems `words`, those that share more first."""
        shared = [len(words & source.words) for source in self.sources]
        order = sorted(range(len(shared)), key=lambda number: -shared[number])
        return [self.passages[number] for number in order[:count] if shared[number]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found for one sentence. `support` is 0..1; `weight` counts the words that carry meaning.

    `least` is the support that it needs.
    """

    support: float
    weight: int
    claims: bool
    unsupported_numbers: tuple[str, ...] = ()
    least: float = SENTENCE_SUPPORT

    @property
    def supported(self) -> bool:
        """Whether the sentence may be shown as far as groundedness goes."""
        return not self.claims or (self.support >= self.least and not self.unsupported_numbers)


def judge(sentence: str, evidence: Evidence, said: str = "", *, least: float = SENTENCE_SUPPORT) -> Verdict:
    """Compare one sentence with the evidence. `said` is the user's message, which may be given back to them.

    Without evidence the support is 0, and so it is where the material says the opposite.
    """
    read = Said.of(sentence)
    windows = [window for source in evidence.sources for window in source.windows]
    claims = needs_evidence(sentence, said, windows)
    if not (claims or proposes(sentence)):
        return Verdict(1.0, len(read.words), claims=False)
    found = weigh(read, evidence, least=least) if claims else Verdict(1.0, len(read.words), claims=False)
    denied = not claims and contradicted(sentence, (source.text for source in evidence.sources))
    return Verdict(0.0, len(read.words), claims=True, least=least) if denied else found


def weigh(said: Said, evidence: Evidence, *, least: float = SENTENCE_SUPPORT) -> Verdict:
    """Compare what claims something with the evidence, whatever it is."""
    if contradicted(said.text, (source.text for source in evidence.sources)):
        return Verdict(0.0, len(said.words), claims=True, least=least)
    loose = tuple(number for number in _numbers(said) if not _number_agrees(number, said.words, evidence))
    return Verdict(support(said, evidence), len(said.words), claims=True, unsupported_numbers=loose, least=least)


def support(said: Said, evidence: Evidence) -> float:
    """Return how probable it is, 0..1, that the evidence supports what is said; 0 without evidence."""
    if not evidence.sources or not said.words:
        return 0.0
    row = agreement(said, evidence.sources)
    try:
        return shipped()(row)
    except SupportUnusable:
        return plain_support(row)


def groundedness(verdicts: Sequence[Verdict]) -> float:
    """Return the reply's score, 0..1: the mean support of its claims, longer claims counting more; 1 without claims."""
    claims = [verdict for verdict in verdicts if verdict.claims]
    if not claims:
        return 1.0
    weights = [max(1, claim.weight) for claim in claims]
    supports = [claim.support if claim.supported else 0.0 for claim in claims]
    return sum(weight * support for weight, support in zip(weights, supports, strict=True)) / sum(weights)


def _numbers(said: Said) -> tuple[str, ...]:
    return tuple(sorted({word for word in said.words if word[0].isdigit()}))


def _number_agrees(number: str, words: Sequence[str], evidence: Evidence) -> bool:
    """Whether the number stands in the evidence, counting the same thing as in the sentence."""
    surroundings = [around for source in evidence.sources for around in source.around.get(number, ())]
    if not surroundings:
        return False
    places = [neighbours(words, at) & evidence.words for at, word in enumerate(words) if word == number]
    return all(
        not wanted or max(len(wanted & around) for around in surroundings) >= NUMBER_CONTEXT * len(wanted)
        for wanted in places
    )
