"""Citations: which words of the creator's a sentence stands on. Set after generation; no model is asked to cite."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from coaching.conversation.sentences import sentences
from coaching.safety.groundedness import Evidence
from coaching.safety.words import content
from coaching.vocabulary import Citation, DocumentId, ScoredPassage

LEAST_AGREEMENT = 0.4
"""Least agreement (0..1) of a sentence with the quote it cites. Below it the sentence stays without a marker: a wrong
source is worse than none."""
LONGEST_QUOTE = 400
PASSAGES_COMPARED = 2
"""How many passages, those that share most words with a sentence, are searched for the words that support it."""
NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class _Quotable:
    quote: str
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


class Citer:
    """Cites for one reply: markers count from 1 in the order of first use, and one quote has one marker."""

    def __init__(self, evidence: Evidence = NO_EVIDENCE) -> None:
        self._evidence = evidence
        self._markers: dict[tuple[DocumentId, str], Citation] = {}

    def support(self, sentence: str) -> Citation | None:
        """Return the citation of the passage sentence that supports `sentence` best; None where none does."""
        words = content(sentence)
        if not words:
            return None
        wanted, pairs = frozenset(words), frozenset(pairwise(words))
        best, found, quote = LEAST_AGREEMENT, None, ""
        for passage in self._evidence.nearest(wanted, PASSAGES_COMPARED):
            for quotable in _quotables(passage.passage.text):
                agreement = _agreement(wanted, pairs, quotable)
                if agreement > best:
                    best, found, quote = agreement, passage, quotable.quote
        return self.quote(quote, found) if found else None

    def quote(self, quote: str, found: ScoredPassage) -> Citation:
        """Return the citation of words that stand verbatim in `found`."""
        passage = found.passage
        key = passage.document_id, quote
        if key not in self._markers:
            marker = len(self._markers) + 1
            place = passage.place_at(max(0, passage.text.find(quote)))
            self._markers[key] = Citation(
                marker, passage.document_id, passage.title, quote, place, round(found.score, 4)
            )
        return self._markers[key]


@lru_cache(maxsize=1_024)
def _quotables(text: str) -> tuple[_Quotable, ...]:
    quotes = [sentence.text[:LONGEST_QUOTE] for sentence in sentences(text)]
    words = [content(quote) for quote in quotes]
    return tuple(map(_Quotable, quotes, map(frozenset, words), (frozenset(pairwise(each)) for each in words)))


def _agreement(words: frozenset[str], pairs: frozenset[tuple[str, str]], quotable: _Quotable) -> float:
    """Return the share of the sentence that the quote holds, with a little for the share the other way round.

    The second part chooses the shorter of two sentences that hold the same words.
    """
    shared = len(words & quotable.words)
    if not shared:
        return 0.0
    of_pairs = len(pairs & quotable.pairs) / len(pairs) if pairs else 1.0
    return 0.6 * shared / len(words) + 0.25 * of_pairs + 0.15 * shared / len(quotable.words)
