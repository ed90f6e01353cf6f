"""Sentences of a recorded talk that are for somebody who was there: put to a reader, they would be said to them."""

import re
from collections.abc import Collection

_OPENS = re.compile(
    r"^\W*(?:(?:oh|ah|well|yes|no|and|so|but|okay|right|now),? )*(?:thank you|thanks|congratulations|well done|bravo"
    r"|good (?:morning|afternoon|evening|night)|hello|hi|hey|goodbye|bye|welcome(?:[,.!]| to| back| every)"
    r"|(?:it is |it's )?(?:nice|good|great|lovely) to (?:meet|see|hear from|have) you"
    r"|you(?:'ve| have)? (?:just |also )?(?:say|said|told|tell|ask|asked|mention|mentioned|wrote|described)\b"
    r"|as you (?:say|said|told|mentioned)\b)",
    re.IGNORECASE,
)
_NAME_FIRST = re.compile(r"^\W*([A-Z][\w'-]+),")
_NAME_WITHIN = re.compile(r", ([A-Z][a-z][\w'-]+)(?=[,.!?;]|$)")
_NO_NAMES = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "christmas",
        "easter",
    ]
)


def addresses_somebody(sentence: str, present: Collection[str]) -> bool:
    """Return whether `sentence` greets, thanks, congratulates, answers or names one of those who were there.

    `present` are the names of the speakers, in lower case.
    """
    plain = sentence.replace("’", "'")
    if _OPENS.match(plain):
        return True
    first = _NAME_FIRST.match(plain)
    if first and first[1].lower() in present:
        return True
    return any(name.lower() not in _NO_NAMES for name in _NAME_WITHIN.findall(plain))
