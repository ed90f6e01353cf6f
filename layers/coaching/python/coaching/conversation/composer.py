"""The composer: a reply in the creator's own words, without a model.

It chooses up to five of the creator's sentences that answer the message, from one place of the material to three, and
sets them between a line of acknowledgement and one next question. Everything that it says is either quoted, with its
source, or a line that the creator approved. The same message over the same passages gives the same reply.
"""

from collections.abc import Sequence

from coaching.conversation.candidates import candidates, titles_apart
from coaching.conversation.citations import Citer
from coaching.conversation.intent import Intent, intent_of
from coaching.conversation.likeness import Likeness
from coaching.conversation.phrases import phrase
from coaching.conversation.stretches import Stretch, in_reading_order, stretches
from coaching.knowledge.ports import TokenEmbedder
from coaching.profile.creator import Creator
from coaching.safety.draft import Draft, DraftSentence
from coaching.vocabulary import ScoredPassage

MODEL = "composer"
MOST_SENTENCES = 5
MOST_FOR_A_REPORT = 2
"""Who tells how it went did not ask for a lesson."""
STUCK = 0.85
"""Share of the cover asked for otherwise. Who is stuck says how it feels, in words that are seldom those of the
material, and is seldom off-topic."""


def compose(message: str, passages: Sequence[ScoredPassage], creator: Creator, embedder: TokenEmbedder) -> Draft:
    """Return a reply to `message` from `passages`, best first.

    Its kind is `quote`, or `abstain` where the passages do not cover the message.
    Raises: EmbedderUnavailable.
    """
    intent = intent_of(message)
    if intent == "thanks":
        return _framed(creator, intent, message, ())
    most = MOST_FOR_A_REPORT if intent == "check_in" else MOST_SENTENCES
    chosen = _chosen(message, passages, creator, embedder, most)
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


def _chosen(
    message: str, passages: Sequence[ScoredPassage], creator: Creator, embedder: TokenEmbedder, most: int
) -> list[Stretch]:
    """Return what answers the message; nothing where the passages are not about it."""
    quotable = candidates(passages, creator.name)
    likeness = Likeness.of(message, [found.passage.text for found in passages], titles_apart(quotable), embedder)
    least = embedder.same_matter * (STUCK if intent_of(message) == "stuck" else 1)
    return stretches(quotable, likeness, most) if likeness.cover() >= least else []


def _framed(creator: Creator, intent: Intent, message: str, quotes: Sequence[DraftSentence]) -> Draft:
    opening = DraftSentence(phrase(creator, "acknowledge", intent, message), "phrase")
    question = phrase(creator, "next_question", intent, message)
    closing = DraftSentence(question, "phrase", lead="\n\n" if quotes else " ")
    return Draft("quote", (opening, *quotes, closing), MODEL)


def _line(text: str, at: int) -> DraftSentence:
    return DraftSentence(text, "phrase", lead=" " if at else "")


def _quotes(chosen: Sequence[Stretch]) -> list[DraftSentence]:
    """Return the sentences of each stretch, each with its source."""
    citer = Citer()
    quotes: list[DraftSentence] = []
    for stretch in in_reading_order(chosen):
        for sentence in stretch.sentences:
            citation = citer.quote(sentence.text, stretch.candidate.found)
            quotes.append(DraftSentence(sentence.text, "quote", citation, lead=" " if quotes else "\n\n"))
    return quotes
