"""Which of the creator's sentences answer a message.

A candidate's relevance is a weighted sum of written features. The weights are round numbers from the middle of the
range that does well on two sets of questions over the demo creator's material; none of them carries the result alone.
Cosines of single sentences, and weights for terms that are rare in English, were tried and changed nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from coaching.conversation.asking import Fits, form_of_answer
from coaching.conversation.candidates import Candidate
from coaching.conversation.wording import accepted, stems

PASSAGE_COSINE = 0.8
PASSAGE_RANK = 0.15
"""Of the fused score, which knows the rest of the creator's material."""
SENTENCE_WORDS, PARAGRAPH_WORDS, HEADING_WORDS, PASSAGE_WORDS = 0.4, 0.25, 0.25, 0.1
ANSWER_FORM, ADVICE = 0.14, 0.09
NARRATIVE, SPEECH, THIN, LEANING = -0.06, -0.06, -0.02, -0.08
FEWEST_STEMS = 5

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
class Ranked:
    candidate: Candidate
    relevance: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, most relevant first, and the words and the form that they were measured by."""

    ranked: tuple[Ranked, ...]
    wording: "Wording"
    fits: Fits


def rank(message: str, candidates: Sequence[Candidate]) -> Ranking:
    """Return the candidates in the order of their relevance to the message."""
    wording = Wording.of(message, candidates)
    fits = form_of_answer(message)
    texts = {each.found.passage.text for each in candidates}
    passages = {text: wording.share(text) for text in texts}
    ranked = [Ranked(each, _relevance(each, wording, fits, passages[each.found.passage.text])) for each in candidates]
    return Ranking(tuple(sorted(ranked, key=_order)), wording, fits)


def _order(ranked: Ranked) -> tuple[float, str, int]:
    return -ranked.relevance, *ranked.candidate.places[-1]


def _relevance(candidate: Candidate, wording: "Wording", fits: Fits, passage_share: float) -> float:
    found, quotable = candidate.found, candidate.quotable
    sentence = quotable.parts[-1].text
    return (
        PASSAGE_COSINE * found.scores.get("dense", 0.0)
        + PASSAGE_RANK * found.score
        + SENTENCE_WORDS * wording.share(quotable.text)
        + PARAGRAPH_WORDS * wording.share(f"{quotable.heading} {quotable.around}")
        + HEADING_WORDS * wording.share(quotable.heading)
        + PASSAGE_WORDS * passage_share
        + ANSWER_FORM * fits(quotable.text)
        + ADVICE * bool(_ADVICE.search(sentence))
        + NARRATIVE * bool(_NARRATIVE.search(sentence))
        + SPEECH * sentence.startswith(('"', "“"))
        + THIN * (len(stems(quotable.text)) < FEWEST_STEMS)
        + LEANING * quotable.leans
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """The message's words with their weights: rare ones among the candidates' paragraphs count more."""

    wanted: tuple[tuple[float, dict[str, float]], ...]
    total: float

    @classmethod
    def of(cls, message: str, candidates: Sequence[Candidate]) -> "Wording":
        paragraphs = [stems(f"{each.quotable.heading} {each.quotable.around}") for each in candidates]
        known = frozenset().union(*paragraphs)
        most = log(len(paragraphs) + 1)
        wanted, total = [], 0.0
        for word in stems(message):
            meant = dict(accepted(word, known))
            often = sum(
                max((meant.get(stem, 0.0) for stem in meant if stem in paragraph), default=0.0)
                for paragraph in paragraphs
            )
            weight = max(0.1, log((len(paragraphs) + 1) / (often + 0.5))) if meant else most
            total += weight
            if meant:
                wanted.append((weight, meant))
        return cls(tuple(wanted), total or 1.0)

    def share(self, text: str) -> float:
        """Return the weighted share (0..1) of the message's words that `text` has."""
        return self.share_of(stems(text))

    def share_of(self, here: frozenset[str]) -> float:
        """Return the weighted share (0..1) of the message's words that are among the stems `here`."""
        return sum(weight * _best(meant, here) for weight, meant in self.wanted) / self.total


def _best(meant: dict[str, float], here: frozenset[str]) -> float:
    return max((count for stem, count in meant.items() if stem in here), default=0.0)
