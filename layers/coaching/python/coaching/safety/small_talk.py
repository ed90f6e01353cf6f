"""What needs no evidence: greeting, encouragement, giving back what the user said, and questions to the user.

Such a sentence claims nothing about the subject. The rule is narrow on purpose: every word that carries meaning must
be a word of small talk, of the user's or of the material, so that a claim dressed as encouragement or as a question
still needs its evidence. A sentence without any such word ("You should not be here") says only what its small words
say together; it is small talk only where it is written down here.
"""

import re
from collections.abc import Sequence

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
_KNOWN = re.compile(
    r"^(?:(?:and|so|but|oh|ah|well|yes|no|of course)\b,? )*(?:you(?: can|'ve got| have got| will do| are doing)"
    r" (?:do )?(?:it|this|that)|i(?:'m| am) here(?: for you)?|here you are|how (?:are|about) you(?: doing)?"
    r"|what about you|what (?:would|will|could|can) you do(?: (?:next|now))?|why (?:is|was) that|how so"
    r"|which one (?:is it|will you take|would you take)|are you there|well done|yes|of course|not at all|me too"
    r"|same here|indeed|there (?:you go|you are|it is)|you are doing (?:well|fine|great)|it is up to you)$",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no|not|never|nobody|nothing|none|nowhere|\w+n't)\b", re.IGNORECASE)
_OPEN_QUESTION = re.compile(
    r"^\W*(?:(?:and|so|but|now|then|okay|ah|oh)\b,? )*"
    r"(?:what(?! (?:if|about)\b)|how(?! about\b)|when|where|who|which|why(?! (?:not|don't|do not|wouldn't)\b)"
    r"|(?:did|were|was|are|is|do) (?:you|it|that|your)\b(?! (?:want|wish|know)\b))",
    re.IGNORECASE,
)
"""A question that leaves the answer to the user. "Why not ...?" and "Have you tried ...?" propose one."""
_ADVICE = re.compile(r"\b(?:should|must|need to|ought|have to|could|can)\b", re.IGNORECASE)
_CLAIM_IN_QUESTION = re.compile(
    r"\b(?:did you know|because|since|which (?:is|are|means)|you know|studies|research|according to|proven"
    r"|as everyone knows)\b",
    re.IGNORECASE,
)
_TO_THE_USER = re.compile(r"\b(?:you|your|yours|we|us|our|shall i|should i)\b", re.IGNORECASE)


def needs_evidence(sentence: str, said: str = "", material: Sequence[frozenset[str]] = ()) -> bool:
    """Return whether `sentence` claims something that the material has to support.

    `said` is what the user wrote: giving that back to them claims nothing. `material` are the stems of the evidence,
    in windows of a few sentences: a question may use them. A number always needs evidence.
    """
    plain = sentence.strip().replace("’", "'")
    if numbers(plain) or len(tokens(plain)) > SMALL_TALK_WORDS:
        return True
    words = frozenset(content(plain))
    if not words:
        return not _KNOWN.match(plain.strip("\"“”'*_().!?… "))
    if plain.rstrip("\"”'*_) ").endswith("?"):
        return not (_asks_the_user(plain) and _may_be_asked(plain, words - _SOCIAL, said, material))
    if words <= _SOCIAL:
        return bool(_NO.search(plain) and _TO_THE_USER.search(plain))
    gives_back = _REFLECTION.match(plain) and not _ADVICE.search(plain)
    return not (gives_back and words <= _SOCIAL | set(content(said)))


def proposes(sentence: str) -> bool:
    """Return whether `sentence` is a question that puts an answer into the user's mouth ("Why not skip it?")."""
    plain = sentence.strip().replace("’", "'")
    return plain.rstrip("\"”'*_) ").endswith("?") and not _OPEN_QUESTION.match(plain)


def _may_be_asked(question: str, words: frozenset[str], said: str, material: Sequence[frozenset[str]]) -> bool:
    """Whether a question's words are known: in one place of the material, or the user's where it proposes nothing."""
    if any(words <= window for window in material):
        return True
    if not _OPEN_QUESTION.match(question):
        return not words
    return words <= frozenset(content(said)).union(*material)


def _asks_the_user(question: str) -> bool:
    return bool(_TO_THE_USER.search(question)) and not _CLAIM_IN_QUESTION.search(question)
