"""The composer: a reply in the creator's own words, without a model.

It chooses two to five of the creator's sentences that answer the message and sets them between a line of
acknowledgement and one next question. Everything that it says is either quoted, with its source, or a line that the
creator approved. The same message over the same passages gives the same reply.
"""

from collections.abc import Iterator, Sequence

from coaching.conversation.candidates import Candidate, Location, candidates
from coaching.conversation.citations import Citer
from coaching.conversation.coverage import covers
from coaching.conversation.intent import Intent, intent_of
from coaching.conversation.phrases import phrase
from coaching.conversation.relevance import Ranked, rank
from coaching.conversation.sentences import Sentence
from coaching.conversation.wording import stems
from coaching.profile.creator import Creator
from coaching.safety.draft import Draft, DraftSentence
from coaching.vocabulary import ScoredPassage

MODEL = "composer"
MOST_SENTENCES = 5
MOST_FOR_A_REPORT = 2
"""Who tells how it went did not ask for a lesson."""
FEWEST_SENTENCES = 2
LEAST_OF_BEST = 0.7
"""Least share of the best one's relevance. What lies below would only fill the reply up."""
MOST_ALIKE = 0.75
"""Share of words that two quotations may have in common; with more, the second says nothing new."""
PASSAGES = 20
"""How many passages are worth giving to the composer: it chooses sentences, and reads further down than a prompt."""


def compose(message: str, passages: Sequence[ScoredPassage], creator: Creator) -> Draft:
    """Return a reply to `message` from `passages`, best first.

    Its kind is `quote`, or `abstain` where the passages do not cover the message.
    """
    intent = intent_of(message)
    if intent == "thanks":
        return _framed(creator, intent, message, ())
    covered = covers(message, passages, stuck=intent == "stuck")
    most = MOST_FOR_A_REPORT if intent == "check_in" else MOST_SENTENCES
    chosen = _choose(rank(message, candidates(passages, creator.name)), most) if covered else []
    if chosen or intent == "check_in":
        return _framed(creator, intent, message, _quotes(chosen))
    return abstention(message, creator)


def abstention(message: str, creator: Creator) -> Draft:
    """Return a reply that says that the material does not cover the message, kindly where the user is stuck."""
    lines = [
        phrase(creator, "acknowledge", "off_topic", message),
        phrase(creator, "next_question", "off_topic", message),
    ]
    if intent_of(message) == "stuck":
        lines.insert(0, phrase(creator, "acknowledge", "stuck", message))
    return Draft("abstain", tuple(_line(text, at) for at, text in enumerate(lines)), MODEL)


def _framed(creator: Creator, intent: Intent, message: str, quotes: Sequence[DraftSentence]) -> Draft:
    opening = DraftSentence(phrase(creator, "acknowledge", intent, message), "phrase")
    question = phrase(creator, "next_question", intent, message)
    closing = DraftSentence(question, "phrase", lead="\n\n" if quotes else " ")
    return Draft("quote", (opening, *quotes, closing), MODEL)


def _line(text: str, at: int) -> DraftSentence:
    return DraftSentence(text, "phrase", lead=" " if at else "")


def _choose(ranked: Sequence[Ranked], most: int) -> list[Candidate]:
    """Return the most relevant candidates, each saying something new, with at most `most` sentences in all."""
    chosen: list[Candidate] = []
    places: set[Location] = set()
    for each in ranked:
        candidate = each.candidate
        if len(places) >= FEWEST_SENTENCES and each.relevance < LEAST_OF_BEST * ranked[0].relevance:
            break
        together = places.union(candidate.places)
        if len(together) > most or candidate.places[-1] in places or _says_the_same(candidate, chosen):
            continue
        chosen.append(candidate)
        places = together
        if len(places) == most:
            break
    return chosen


def _says_the_same(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    mine = stems(candidate.quotable.parts[-1].text)
    for other in chosen:
        theirs = stems(other.quotable.parts[-1].text)
        if len(mine & theirs) > MOST_ALIKE * max(1, min(len(mine), len(theirs))):
            return True
    return False


def _quotes(chosen: Sequence[Candidate]) -> list[DraftSentence]:
    """Return the sentences in the order of their documents, the most relevant document first, each with its source."""
    citer = Citer()
    documents = list(dict.fromkeys(candidate.found.passage.document_id for candidate in chosen))
    parts = {location: (sentence, found) for candidate in chosen for location, sentence, found in _parts(candidate)}
    in_order = sorted(parts, key=lambda location: (documents.index(location[0]), location[1]))
    quotes = []
    for at, location in enumerate(in_order):
        sentence, found = parts[location]
        citation = citer.quote(sentence.text, found)
        quotes.append(DraftSentence(sentence.text, "quote", citation, lead=" " if at else "\n\n"))
    return quotes


def _parts(candidate: Candidate) -> Iterator[tuple[Location, Sentence, ScoredPassage]]:
    for location, sentence in zip(candidate.places, candidate.quotable.parts, strict=True):
        yield location, sentence, candidate.found
