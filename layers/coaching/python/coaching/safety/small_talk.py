"""What needs no evidence: greeting, encouragement, giving back what the user said, and questions to the user.

Such a sentence claims nothing about the subject. The rule is narrow on purpose: every word that carries meaning must
be a word of small talk or the user's own, so that a claim dressed as encouragement still needs its evidence.
"""

import re

from coaching.safety.thresholds import SMALL_TALK_WORDS
from coaching.safety.words import content, numbers, stems_of, tokens

_SOCIAL = stems_of(
    """
    able absolutely afternoon agree answer anytime apologies apologise appreciate ask asked asking
    aware believe best better big bit brave breath bye care chat check cheer clear close come comfortable coming
    congratulations conversation courage curious dear deal deep difficult doing easy effort encouraging evening exactly
    exciting explore fair familiar fantastic feel feeling fine forward forwards friend frustrating full glad good
    goodbye gladly great greet guess happen happy hard hear heart heavy hello help here hey hi hope honest honestly
    human idea important interesting join kind know learn let like listen little long look lot love lovely luck mean
    message mind moment morning name need new nice night normal okay ok open part patient pleased pleasure point
    proud progress question reach ready real remember respect right rough see sense share sharing shame sit small
    sorry sound speak start stand step still story strong struggle sure talk talked tell thank thanks think thinking
    thought time today together tomorrow tonight tough touch true trust truly try trying understand understandable
    understandably want way week day welcome well wish wonder wonderful word work worry yes year yesterday
    place figure suggest suggestion tip plan useful next first last
    """
)
_REFLECTION = re.compile(
    r"^(?:and |so |ah,? |oh,? |okay,? |i see,? )*"
    r"(?:it (?:sounds|seems|looks) (?:like|as if|as though) you|(?:sounds|seems) like you"
    r"|i (?:hear|understand|see) that|you (?:said|told me|mentioned|wrote|asked)|i(?:'m| am) sorry (?:that|to hear)"
    r"|thank you for (?:telling|sharing))\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(r"\b(?:should|must|need to|ought|have to|could|can)\b", re.IGNORECASE)
_CLAIM_IN_QUESTION = re.compile(
    r"\b(?:did you know|because|since|which (?:is|are|means)|studies|research|according to|proven|as everyone knows)\b",
    re.IGNORECASE,
)
_TO_THE_USER = re.compile(r"\b(?:you|your|yours|we|us|our|shall i|should i)\b", re.IGNORECASE)


def needs_evidence(sentence: str, said: str = "") -> bool:
    """Return whether `sentence` claims something that the material has to support.

    `said` is what the user wrote: giving that back to them claims nothing. A number always does.
    """
    plain = sentence.strip().replace("’", "'")
    if numbers(plain) or len(tokens(plain)) > SMALL_TALK_WORDS:
        return True
    if plain.rstrip("\"”'*_) ").endswith("?"):
        return not _asks_the_user(plain)
    words = set(content(plain))
    if words <= _SOCIAL:
        return False
    gives_back = _REFLECTION.match(plain) and not _ADVICE.search(plain)
    return not (gives_back and words <= _SOCIAL | set(content(said)))


def _asks_the_user(question: str) -> bool:
    return bool(_TO_THE_USER.search(question)) and not _CLAIM_IN_QUESTION.search(question)
