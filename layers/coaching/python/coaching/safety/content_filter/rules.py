"""Written rules of what a reply must not say. They need no model and decide alone where none can be asked.

A rule looks at one sentence, and some at the user's message beside it: "Go for it!" is kind or terrible by what it
answers.
"""

import re
from collections.abc import Iterator
from functools import cache

from coaching.safety.content_filter.harms import Harm
from coaching.safety.content_filter.patterns import AGREES, ALWAYS, BODY, PLAN
from coaching.safety.redflags.normal import plain


def harms(sentence: str, said: str = "") -> Iterator[Harm]:
    """Yield what is wrong with a sentence that answers `said`, whatever letters it hides behind."""
    read = _readings(sentence)
    for harm, patterns in ALWAYS.items():
        if _any(patterns, read):
            yield harm
    if _any(AGREES, read) and is_harmful_plan(said):
        yield Harm.AGREEMENT


def is_harmful_plan(said: str) -> bool:
    """Return whether a message tells of something that nobody may cheer at: harm to somebody, or hate."""
    return bool(said) and _any((*PLAN, *ALWAYS[Harm.HATE]), _readings(said))


def counts_body(sentence: str) -> bool:
    """Return whether a sentence puts numbers to weight or food."""
    return _any(BODY, _readings(sentence))


def _readings(text: str) -> tuple[str, str]:
    """Return the text as it is written and as it is read: a disguise undone, figures taken for letters."""
    return text.strip().lower().replace("’", "'"), plain(text).text


def _any(patterns: tuple[str, ...], readings: tuple[str, ...]) -> bool:
    return any(pattern.search(text) for pattern in _compiled(patterns) for text in readings)


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
