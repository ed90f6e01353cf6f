"""How hard a message is to answer, as far as its form tells: a better model is asked for what is hard.

What has to be weighed together is hard: a long account, more questions than one, or several points listed. Nothing here
reads what it is about, so it holds in every language; where it is wrong, a reply is worded by a model a tier better or
worse, and passes the same checks.
"""

import re
from typing import Final

from coaching.models.purpose import Difficulty

LONG_CHARACTERS: Final = 280
"""Some fifty words of English: an account, where a question has ten."""
_QUESTION = re.compile(r"[?？؟]+")
_POINT = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+\S", re.MULTILINE)


def difficulty(message: str) -> Difficulty:
    """Return how hard it is to answer `message`."""
    questions = len(_QUESTION.findall(message))
    points = len(_POINT.findall(message))
    return "hard" if len(message) > LONG_CHARACTERS or questions > 1 or points > 1 else "easy"
