"""Whether the material covers a message at all. Where it does not, the honest answer is to say so."""

from collections.abc import Sequence

from coaching.conversation.wording import accepted, stems
from coaching.vocabulary import ScoredPassage

LEAST_COVER = 0.59
"""Least cover for an answer. On the demo creator's material and MiniLM it was set between off-topic questions (under
.56, but for one about the same things in another field) and answerable ones (above .62, but for one). In a set that
it was not fitted to, 3 of 10 off-topic questions lie above it. Other embedders need their own."""
LEAST_COVER_WHEN_STUCK = 0.5
"""Who is stuck says how it feels, in words that are seldom those of the material, and is seldom off-topic."""
READ = 5
"""Passages whose words count as known: far down a long list, nearly every word is used somewhere."""
LEAST_KNOWN = 0.8
"""Least share of known words where no cosine is at hand (only words were searched)."""


def covers(message: str, passages: Sequence[ScoredPassage], *, stuck: bool = False) -> bool:
    """Return whether the passages are about what the message says: `cover` is best cosine plus half the known share."""
    if not passages:
        return False
    known = known_share(message, passages[:READ])
    cosines = [found.scores["dense"] for found in passages if "dense" in found.scores]
    least = LEAST_COVER_WHEN_STUCK if stuck else LEAST_COVER
    return max(cosines) + known / 2 >= least if cosines else known >= LEAST_KNOWN


def known_share(message: str, passages: Sequence[ScoredPassage]) -> float:
    """Return the share (0..1) of the message's words that the passages use, or words of like meaning.

    Numbers do not count: a passage need not have the user's own. A message without words that carry meaning has 0.
    """
    wanted = {word for word in stems(message) if not word[0].isdigit()}
    if not wanted:
        return 0.0
    known = frozenset().union(*(stems(found.passage.text) for found in passages))
    return sum(bool(accepted(word, known)) for word in wanted) / len(wanted)
