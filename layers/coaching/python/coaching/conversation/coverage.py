"""Whether the material covers a message at all. Where it does not, the honest answer is to say so."""

from collections.abc import Sequence

from coaching.conversation.wording import accepted, stems
from coaching.vocabulary import ScoredPassage

KNOWN = 0.25
"""Weight of the known words beside the cosine. At one half, a question of common words alone ("Are you a real person?")
would count as covered whatever it is about."""
LEAST_COVER = 0.52
"""Least cover for an answer, set on questions about the demo creator's material and MiniLM. Of the two sets that
`benchmarks.composer` asks it lets 93 of 100 questions through and 1 of 20 off-topic ones; of 62 others that it was not
set on, 36 of 40 and 8 of 22. Other embedders need their own."""
LEAST_COVER_WHEN_STUCK = 0.42
"""Who is stuck says how it feels, in words that are seldom those of the material, and is seldom off-topic."""
READ = 5
"""Passages whose words count as known: far down a long list, nearly every word is used somewhere."""
LEAST_KNOWN = 0.8
"""Least share of known words where no cosine is at hand (only words were searched)."""


def covers(message: str, passages: Sequence[ScoredPassage], *, stuck: bool = False) -> bool:
    """Return whether the passages are about what the message says.

    `cover` is the best cosine plus a quarter of the known share.
    """
    if not passages:
        return False
    known = known_share(message, passages[:READ])
    cosines = [found.scores["dense"] for found in passages if "dense" in found.scores]
    least = LEAST_COVER_WHEN_STUCK if stuck else LEAST_COVER
    return max(cosines) + KNOWN * known >= least if cosines else known >= LEAST_KNOWN


def known_share(message: str, passages: Sequence[ScoredPassage]) -> float:
    """Return the share (0..1) of the message's words that the passages use, or words of like meaning.

    Numbers do not count: a passage need not have the user's own. A message without words that carry meaning has 0.
    """
    wanted = {word for word in stems(message) if not word[0].isdigit()}
    if not wanted:
        return 0.0
    known = frozenset().union(*(stems(found.passage.text) for found in passages))
    return sum(bool(accepted(word, known)) for word in wanted) / len(wanted)
