"""The short lines around what the composer quotes. The creator approves them; these are used where one has none."""

import hashlib
from collections.abc import Mapping
from typing import Literal

from coaching.conversation.age import too_young_lines
from coaching.conversation.apology import APOLOGIES
from coaching.conversation.disclosure import DISCLOSURES
from coaching.conversation.intent import Intent
from coaching.conversation.limits import limit_lines
from coaching.profile.creator import Creator

Use = Literal["acknowledge", "next_question"]

DEFAULTS: Mapping[Use, Mapping[Intent, tuple[str, ...]]] = {
    "acknowledge": {
        "question": ("Good that you ask.", "Here is what I teach about that.", "Let me put it in my own words."),
        "stuck": ("I hear you.", "That sounds hard.", "Thank you for telling me."),
        "check_in": ("Thank you for telling me.", "It is good to hear from you.", "Let us look at that together."),
        "thanks": ("You are welcome.", "It is a pleasure.", "I am glad."),
        "off_topic": ("My material does not cover that.", "That is not in what I teach.", "I have nothing on that."),
    },
    "next_question": {
        "question": ("Which part of this would you like to try first?", "Where would that fit into your week?"),
        "stuck": ("What would be a small first step for you?", "What makes it hard at the moment?"),
        "check_in": ("What went well?", "What would you like to do next?"),
        "thanks": ("What would you like to look at next?", "Is there anything else on your mind?"),
        "off_topic": ("What else can I help you with?", "What are you working on at the moment?"),
    },
}


def phrase(creator: Creator, use: Use, intent: Intent, message: str) -> str:
    """Return the line for this message; the same message gets the same line."""
    lines = _own(creator, use, intent) or DEFAULTS[use][intent]
    digest = hashlib.sha256(f"{use}\n{message}".encode(errors="replace")).digest()
    return lines[int.from_bytes(digest[:4], "big") % len(lines)]


def approved(creator: Creator) -> frozenset[str]:
    """Return every line that may stand in a reply of this creator's without coming from the material."""
    own = {line.strip() for by_intent in creator.phrases.values() for lines in by_intent.values() for line in lines}
    default = {line for by_intent in DEFAULTS.values() for lines in by_intent.values() for line in lines}
    apologies = {line for lines in APOLOGIES.values() for line in lines}
    framing = limit_lines() | too_young_lines(creator.settings) | set(DISCLOSURES.values())
    return frozenset(own | default | apologies | framing)


def _own(creator: Creator, use: Use, intent: Intent) -> tuple[str, ...]:
    lines = creator.phrases.get(use, {}).get(intent, ())
    return tuple(line.strip() for line in lines if line.strip())
