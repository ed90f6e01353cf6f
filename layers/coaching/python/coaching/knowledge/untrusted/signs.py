"""Written features of a stretch of text: signs that it speaks to a model and not to people."""

import math
import re
from typing import Final

from coaching.knowledge.untrusted.english import ENGLISH
from coaching.knowledge.untrusted.foreign import FOREIGN
from coaching.knowledge.untrusted.plain import encoded, invisible, mixed_scripts, plain, set_apart, undisguised

_PATTERNS: Final = tuple(re.compile(pattern) for pattern in (ENGLISH | FOREIGN).values())
_LOUD: Final = re.compile("|".join(ENGLISH[name] for name in ("cancels orders", "reveals the prompt", "no limits")))
_MOST: Final = 3
_SHAPES: Final = (
    "invisible", "mixed scripts", "encoded", "set apart", "disguised",
    "words", "capitals", "brackets", "digits in words", "not Latin",
)  # fmt: skip

WRITTEN: Final = len(_PATTERNS)
"""How many of the signs are phrases; those that follow are shapes."""
NAMES: Final = (*ENGLISH, *FOREIGN, *_SHAPES)
"""What `signs` returns, in its order."""


def signs(text: str) -> list[float]:
    """Return the signs in `text`, each 0..1."""
    shown = plain(text)
    phrases = [min(_MOST, len(pattern.findall(shown))) / _MOST for pattern in _PATTERNS]
    return phrases + _shapes(text, shown)


def _shapes(text: str, shown: str) -> list[float]:
    letters = [sign for sign in text if sign.isalpha()]
    upper = sum(sign.isupper() for sign in letters)
    return [
        min(1.0, invisible(text) / 3),
        min(1.0, mixed_scripts(text) / 2),
        float(encoded(text)),
        float(set_apart(shown)),
        float(bool(_LOUD.search(undisguised(text))) and not _LOUD.search(shown)),
        min(1.0, math.log1p(len(shown.split())) / 7),
        upper / len(letters) if len(letters) >= 12 else 0.0,
        min(1.0, sum(sign in "[]{}<>|=" for sign in text) / 12),
        min(1.0, len(re.findall(r"[a-z]\d+[a-z]", shown)) / 3),
        sum(ord(sign) > 0x36F for sign in letters) / max(1, len(letters)),
    ]
