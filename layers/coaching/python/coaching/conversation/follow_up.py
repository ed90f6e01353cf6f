"""Messages that mean something only together with the one before: "Why?", "And on Sundays?", "Tell me more"."""

import re
from collections.abc import Sequence

from coaching.conversation.intent import intent_of
from coaching.conversation.references import leans_on_before
from coaching.conversation.window import coached
from coaching.safety.words import content, tokens
from coaching.vocabulary import Turn

LONGEST = 9
"""Words. A longer message says what it is about."""
_MORE = re.compile(
    r"^\W*(?:and|but|so|why|how so|how come|what else|what about|(?:tell me )?more|go on|for example)\b", re.IGNORECASE
)


def is_follow_up(message: str) -> bool:
    """Return whether the message has to be read together with the one before it."""
    if len(tokens(message)) > LONGEST or intent_of(message) in ("thanks", "check_in", "stuck"):
        return False
    return bool(_MORE.match(message)) or leans_on_before(message) or not content(message)


def with_what_it_follows(message: str, history: Sequence[Turn]) -> str:
    """Return the message behind the user's last one to the coach, where there is one."""
    before = next((turn.text for turn in reversed(history) if coached(turn)), "")
    return f"{before}\n{message}" if before else message
