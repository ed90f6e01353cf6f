"""Which stretches of the material a reply quotes: a few sentences that stand together, and one or two beside them.

Single sentences from many places each share a word with the question and say nothing together. The reply therefore
quotes the best place at some length, and others only by one sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coaching.conversation.candidates import Candidate, Location
from coaching.conversation.likeness import Likeness
from coaching.conversation.sentences import Sentence
from coaching.knowledge.untrusted.detector import shipped
from coaching.safety.words import content

LENGTHS = (3, 1, 1)
"""Most sentences of each place, the best one first. A list is quoted whole where the reply has room for it."""
COSINE, FUSED = 0.3, 0.1
"""How much it counts what the search says of the passage."""
ADVICE, NARRATIVE = 0.05, -0.05
"""Who asks wants to know what to do, sooner than what happened to somebody."""
LEAST_OF_BEST = 0.65
"""Least share of the best place's relevance that another place needs."""
CLOSE = 300
"""Characters between two places that are read as one."""
MOST_ALIKE = 0.75
"""Share of words that two quotations may have in common; with more, the second says nothing new."""
_IMPERATIVES = """
    use take do put make choose write ask light begin start stop keep try give go read send tell change look bring set
    sit open let leave mark count say think eat drink walk move record plan hold breathe talk call pick add remove
    practise practice repeat rest avoid notice remember imagine check compare treat turn stand get work
"""
_ADVICE = re.compile(
    r"^(?:(?:if|when|after|on|in|before|at|for|once|until) [^,]+, )?(?:please |always |just |only )?"
    rf"(?:do not|don't|never|{'|'.join(_IMPERATIVES.split())})\b",
    re.IGNORECASE,
)
_NARRATIVE = re.compile(
    r"^(?:[\w ,']{0,40}, )?(?:I (?:have|had|was|am|taught|found|once|played|did|began|learned|got|made|came|went|met"
    r"|write|bought|call|wanted|knew|chose)\b|my (?:own|old|students?|first|mother|father|wife|husband|friend)\b"
    r"|a (?:student|client|friend|man|woman|neighbour|real one)\b|one (?:of my|partner)\b|we (?:had|were|met)\b)"
    r"|\b(?:he|she) (?:was|had|said)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences of a passage that stand together, in their order. `relevance` is a weighted sum of cosines."""

    candidate: Candidate
    sentences: tuple[Sentence, ...]
    relevance: float

    @property
    def places(self) -> tuple[Location, ...]:
        return tuple(map(self.candidate.place_of, self.sentences))

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


def stretches(candidates: Sequence[Candidate], likeness: Likeness, most: int) -> list[Stretch]:
    """Return what to quote, the most relevant first, with at most `most` sentences in all."""
    ranked = {length: _ranked(candidates, likeness, min(length, most)) for length in set(LENGTHS)}
    chosen: list[Stretch] = []
    for length in LENGTHS:
        left = most - sum(len(stretch.sentences) for stretch in chosen)
        fitting = (each for each in ranked[length] if len(each.sentences) <= left and _adds(each, chosen))
        best = next((each for each in fitting if not _speaks_to_a_model(each.text)), None)
        if best is None or (chosen and best.relevance < LEAST_OF_BEST * chosen[0].relevance):
            break
        chosen.append(best)
    return chosen


def in_reading_order(chosen: Sequence[Stretch]) -> list[Stretch]:
    """Return the best place first, unless what comes before it in the document stands close to it."""
    if not chosen:
        return []
    document, start = chosen[0].places[0]
    near = [each for each in chosen if each.places[0][0] == document and abs(each.places[0][1] - start) <= CLOSE]
    return sorted(near, key=lambda each: each.places[0]) + [each for each in chosen if each not in near]


def _ranked(candidates: Sequence[Candidate], likeness: Likeness, length: int) -> list[Stretch]:
    """Return each candidate with the sentences behind it, up to `length`, the most relevant first."""
    grown = []
    for candidate in candidates:
        parts = candidate.quotable.parts
        sentences = (*parts, *candidate.quotable.after[: max(0, length - len(parts))])
        grown.append(Stretch(candidate, sentences, _relevance(candidate, sentences, likeness)))
    return sorted(grown, key=lambda each: (-each.relevance, each.places[0]))


def _relevance(candidate: Candidate, sentences: Sequence[Sentence], likeness: Likeness) -> float:
    found, quotable = candidate.found, candidate.quotable
    spans = [(sentence.start, sentence.end) for sentence in sentences]
    return (
        likeness.relevance(found.passage.text, spans, quotable.over)
        + COSINE * found.scores.get("dense", 0.0)
        + FUSED * found.score
        + _manner(quotable.parts[-1].text)
    )


@lru_cache(maxsize=4_096)
def _manner(told: str) -> float:
    """Return what it counts that a sentence advises, or tells."""
    return ADVICE * bool(_ADVICE.search(told)) + NARRATIVE * bool(_NARRATIVE.search(told))


@lru_cache(maxsize=1_024)
def _speaks_to_a_model(text: str) -> bool:
    return shipped().judge(text).raised


def _adds(stretch: Stretch, chosen: Sequence[Stretch]) -> bool:
    mine = frozenset(content(stretch.text))
    for other in chosen:
        theirs = frozenset(content(other.text))
        if not set(stretch.places).isdisjoint(other.places):
            return False
        if len(mine & theirs) > MOST_ALIKE * max(1, min(len(mine), len(theirs))):
            return False
    return True
