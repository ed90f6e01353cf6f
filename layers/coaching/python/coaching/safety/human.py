"""A human coach's own words as a reply: nothing in it is generated, so it needs no evidence, only a form."""

from coaching.errors import Invalid
from coaching.vocabulary import CheckedReply

MODEL = "human"
MOST_CHARACTERS = 4_000


def human_reply(text: str) -> CheckedReply:
    """Return what a human coach wrote as a reply that may be shown.

    Line breaks stay; signs that are not shown do not. Raises: Invalid where nothing is left or it is too long.
    """
    shown = "".join(letter for letter in text if letter == "\n" or letter.isprintable()).strip()
    if not shown:
        raise Invalid("The message cannot be sent.", fields={"/text": "Write a message; this one is empty."})
    if len(shown) > MOST_CHARACTERS:
        too_long = f"A message may have {MOST_CHARACTERS:,} characters; this one has {len(shown):,}."
        raise Invalid("The message cannot be sent.", fields={"/text": too_long})
    return CheckedReply("human", shown, citations=(), confidence=1.0, grounded=False, model=MODEL)
