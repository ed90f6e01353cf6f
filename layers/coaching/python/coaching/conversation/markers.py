"""The bracketed numbers that stand for citations."""

import re

_MARKER = re.compile(r"\s*\[(?:source|quelle)?\s*#?\d+(?:\s*,\s*\d+)*\]", re.IGNORECASE)


def without_markers(text: str) -> str:
    """Return `text` without bracketed numbers that look like citations."""
    return _MARKER.sub("", text)
