"""The plainest words of danger, so that they never meet coaching advice.

This is no detector of red flags: it knows a few plain phrases, sees no context, raises nobody and misses most of what
people say. It keeps the composer and a model from answering these phrases with exercises.
"""

import re

LINE = (
    "I am glad that you told me. This is more than a coach like me can carry: please talk to somebody you trust, or "
    "call your local emergency number if you may be in danger now."
)
"""Written by hand; it names no number, because a wrong one would be worse than none."""
_PLAIN = re.compile(
    r"\b(?:(?:kill|hurt|harm|cut) (?:myself|my self)|(?:end|take|took) my (?:own )?life|suicid\w*"
    r"|(?:want|wish|going|rather) (?:to (?:die|be dead)|i (?:was|were) dead)|better off dead|self[- ]?harm\w*"
    r"|(?:do not|don't|dont) want to (?:live|be alive|wake up)|no reason to live|overdos\w*"
    r"|(?:he|she|they|my \w+) (?:hits?|beats?|chokes?|threatens?) me)\b",
    re.IGNORECASE,
)


def is_plain_distress(message: str) -> bool:
    """Return whether the message says in so many words that its writer is in danger."""
    return _PLAIN.search(message.replace("’", "'")) is not None
