"""Whether a model's answer to a message may be given again."""

import hashlib
from collections.abc import Sequence
from typing import Final

from coaching.conversation.instructions import INSTRUCTIONS, KNOWLEDGE, NO_GOALS, NO_SOURCES, NOTHING_KNOWN, PERSON
from coaching.conversation.ports import Conversation
from coaching.conversation.prompt import is_personal
from coaching.knowledge.search import SearchResult
from coaching.models.ports import Reuse
from coaching.profile.creator import Creator
from coaching.profile.user import Goal, UserProfile
from coaching.safety.watching import Watched

SHARE_SETTING: Final = "share_answers"
"""A creator's setting: true lets users have each other's answers. Absent, an answer is for the user who asked alone."""
_WORDS: Final = "\0".join((INSTRUCTIONS, PERSON, KNOWLEDGE, NO_SOURCES, NO_GOALS, NOTHING_KNOWN))
PROMPT_VERSION: Final = hashlib.sha256(_WORDS.encode()).hexdigest()[:16]
"""Names the words of every prompt: it changes with them."""


def reuse_of(
    conversation: Conversation,
    creator: Creator,
    profile: UserProfile,
    goals: Sequence[Goal],
    found: SearchResult,
    watched: Watched,
) -> Reuse | None:
    """Return for whom the answer may be given again; None where it is for this moment alone.

    That is where a hint of danger, a fact about the person or a goal, or anything that was said before took part,
    whether answers are shared or not; and where nobody knows which state of the material was searched.
    """
    personal = bool(conversation.turns) or is_personal(profile, goals) or not watched.calm
    if personal or not found.version:
        return None
    return Reuse(
        conversation.creator_id,
        conversation.user_id,
        found.version,
        PROMPT_VERSION,
        shared=creator.settings.get(SHARE_SETTING) is True,
    )
