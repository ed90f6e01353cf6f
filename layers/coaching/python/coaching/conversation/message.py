"""What a user may send."""

import re
import unicodedata

from coaching.errors import Invalid

MOST_CHARACTERS = 20_000
_POINTER = "/text"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\ud800-\udfff]")


def clean_message(text: str) -> str:
    """Return the message without control characters and without white space around it.

    Line breaks and tabs stay. Raises: Invalid when nothing is left or it is longer than 20,000 characters.
    """
    cleaned = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not any(_is_visible(character) for character in cleaned):
        raise _invalid("Write a message; this one is empty.")
    if len(cleaned) > MOST_CHARACTERS:
        raise _invalid(f"A message may have {MOST_CHARACTERS:,} characters; this one has {len(cleaned):,}.")
    return cleaned


def _is_visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc")


def _invalid(sentence: str) -> Invalid:
    return Invalid("The message cannot be taken.", fields={_POINTER: sentence})
