"""Which stretches of the material a reply quotes: a few sentences that stand together, from one place or two.

Single sentences from many places each share a word with the question and say nothing together. The reply therefore
quotes the best place at some length and a second one only where it is nearly as relevant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coaching.conversation.candidates import Candidate, Location
from coaching.conversation.relevance import Ranked, Ranking
from coaching.conversation.sentences import Sentence
from coaching.conversation.wording import stems
from coaching.vocabulary import ScoredPassage

LENGTHS = (3, 2)
"""Most sentences of the best place, and of the next one. A list is quoted whole where the reply has room for it."""
SEEDS = 24
"""How many of the most relevant sentences are looked at together with their neighbours."""
NEIGHBOURS = 0.4
"""How much the relevance of the neighbours counts beside the sentence's own."""
ALONE = 0.8
"""What counts for the neighbours of a sentence that has none, as a share of its own relevance."""
TOGETHER = 0.4
"""How much it counts that the sentences, taken together with their title, have the message's words."""
ANSWERS = 0.15
"""How much it counts that one of the sentences has the form of the answer."""
LEAST_OWN = 0.1
"""Least share of the message's words in what is quoted at all."""
LEAST_SHARE = 0.3
"""Least share of the message's words in a second place, beside that of the best one."""
LEAST_OF_BEST = 0.7
"""Least share of the best place's relevance that a second one needs."""
CLOSE = 300
"""Characters between two places that are read as one."""
MOST_ALIKE = 0.75
"""Share of words that two quotations may have in common; with more, the second says nothing new."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences of a passage that stand together, in their order. `words` are their stems.

    `share` (0..1) of the message's words stands in them and in their heading.
    """

    found: ScoredPassage
    sentences: tuple[Sentence, ...]
    places: tuple[Location, ...]
    relevance: float
    share: float
    words: frozenset[str] = frozenset()
    is_list: bool = False

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


def stretches(ranking: Ranking, most: int) -> list[Stretch]:
    """Return what to quote, the most relevant first, with at most `most` sentences in all."""
    grow = _Growing(ranking)
    chosen: list[Stretch] = []
    for length in LENGTHS:
        left = most - sum(len(stretch.sentences) for stretch in chosen)
        room = min(length, left)
        grown = [grow(each, room) for each in ranking.ranked[:SEEDS]] if room > 0 else []
        fitting = [each for each in grown if len(each.sentences) <= (left if each.is_list else room)]
        fitting = [stretch for stretch in fitting if _adds(stretch, chosen)]
        if not fitting:
            break
        best = max(fitting, key=lambda stretch: stretch.relevance)
        if best.share < LEAST_OWN or (chosen and not _is_worth(best, chosen[0])):
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


def _is_worth(second: Stretch, first: Stretch) -> bool:
    return second.relevance >= LEAST_OF_BEST * first.relevance and second.share >= LEAST_SHARE * first.share


class _Growing:
    """Makes stretches of single sentences."""

    def __init__(self, ranking: Ranking) -> None:
        self._wording = ranking.wording
        self._fits = ranking.fits
        self._relevance = {each.candidate.place: each.relevance for each in ranking.ranked}

    def __call__(self, ranked: Ranked, length: int) -> Stretch:
        """Return the sentence with its neighbours, the more relevant side first, up to `length` sentences."""
        candidate = ranked.candidate
        sentences = list(candidate.quotable.parts)
        before, after = list(candidate.quotable.before), list(candidate.quotable.after)
        company = []
        while len(sentences) < length and (before or after):
            if before and (not after or self._worth(candidate, before[-1]) > self._worth(candidate, after[0])):
                sentences.insert(0, before.pop())
                company.append(self._worth(candidate, sentences[0]))
            else:
                sentences.append(after.pop(0))
                company.append(self._worth(candidate, sentences[-1]))
        neighbours = sum(company) / len(company) if company else ALONE * ranked.relevance
        words = frozenset().union(*(stems(each.text) for each in sentences))
        share = self._wording.share_of(words | stems(candidate.quotable.heading))
        relevance = ranked.relevance + NEIGHBOURS * neighbours + TOGETHER * share
        relevance += ANSWERS * max(self._fits(sentence.text) for sentence in sentences)
        places = tuple(map(candidate.place_of, sentences))
        is_list = candidate.quotable.is_list
        return Stretch(candidate.found, tuple(sentences), places, relevance, share, words, is_list)

    def _worth(self, candidate: Candidate, sentence: Sentence) -> float:
        return self._relevance.get(candidate.place_of(sentence), 0.0)


def _adds(stretch: Stretch, chosen: Sequence[Stretch]) -> bool:
    mine = stretch.words
    for other in chosen:
        theirs = other.words
        if not set(stretch.places).isdisjoint(other.places):
            return False
        if len(mine & theirs) > MOST_ALIKE * max(1, min(len(mine), len(theirs))):
            return False
    return True
