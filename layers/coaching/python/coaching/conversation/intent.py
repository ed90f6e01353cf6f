"""What a message is for, by written rules: a question, being stuck, a report, thanks."""

import re
from typing import Literal

from coaching.safety.words import tokens

Intent = Literal["question", "stuck", "check_in", "thanks", "off_topic"]
"""`off_topic` is never read from the words alone: it is what a message without cover in the material becomes."""

LONGEST_THANKS = 14
"""Words. In a longer message the thanks are an opening and something else follows."""

_THANKS = re.compile(
    r"\b(?:thanks?|thank you|thx|cheers|appreciate (?:it|that|you)|that helped|this helped|you(?:'ve| have) helped)\b"
    r"|^(?:great|perfect|brilliant|got it|lovely|wonderful|ok(?:ay)?|bye|goodbye|see you)\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|^\W*(?:how|what|whats|when|where|why|who|which|whose|is|are|am|do|does|did|can|could|should|would|will|may|shall"
    r"|has|have|any|tell me|explain|show me|give me|recommend|suggest|recipe|help me)\b"
    r"|\b(?:how (?:do|can|should|long|many|much|often)|what (?:do|should|can|if)|should i|can i|do i|is it ok|tell me"
    r"|i(?:'d| would) like to know|i wonder|any (?:tips|tricks|advice|ideas)|good idea"
    r"|not sure (?:how|what|when|if))\b",
    re.IGNORECASE,
)
_STUCK = re.compile(
    r"\b(?:stuck|giv(?:e|ing) up|gave up|quitting|hopeless|pointless|worthless|useless|frustrat\w+|overwhelm\w+"
    r"|discourag\w+|demotivat\w+|unmotivated|exhausted|drained|burn(?:t|ed) out|guilt\w*|asham\w+|embarrass\w+|lazy"
    r"|fail(?:ed|ing|ure)?|ruined|hate|afraid|scared|anxious|depressed|miserable|lonely|jealous|hurts?|crying|cry"
    r"|los(?:e|ing|t) (?:heart|hope|interest|motivation)|can(?:'t|not) (?:even|seem|bring|face|keep|get|do (?:it|this))"
    r"|don(?:'t|t) (?:feel like|want to|see the point|care)|no (?:energy|motivation|progress|willpower|discipline)"
    r"|(?:what|whats|what's|no) the point|no point|not getting anywhere|getting nowhere|going nowhere|too (?:hard|much)"
    r"|so (?:bad|much better)|never works|nothing works|not good enough|million miles|always (?:stop|quit|fail)"
    r"|(?:i(?:'m| am) )?(?:so |just |really )?(?:tired of|fed up|sick of|bored)|struggl\w+|disappoint\w+)\b",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:i(?:'ve| have)? (?:just )?(?:did|done|managed|finished|completed|practi[sc]ed|started|began|kept|hit|reached"
    r"|made|got|went|ran|wrote|played|tried|read|logged|had a (?:good|great|bad|rough|nice|busy))"
    r"|update|check(?:ing)?[ -]?in|progress report|went (?:well|badly|okay|ok|fine|great)"
    r"|(?:good|great|bad|rough) (?:day|week)|today i|this week i|day \d+ done|done for today"
    r"|no time (?:today|this week)|missed (?:a day|today|yesterday))\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|evening|afternoon)|morning)\b[\w ,!.]{0,20}$", re.IGNORECASE
)


def intent_of(message: str) -> Intent:
    """Return what the message is for; in doubt a question, so that it is answered from the material."""
    plain = message.replace("’", "'")
    asks = bool(_ASKS.search(plain))
    if _GREETING.match(plain):
        return "check_in"
    if _THANKS.search(plain) and not asks and len(tokens(plain)) <= LONGEST_THANKS and not _STUCK.search(plain):
        return "thanks"
    if _STUCK.search(plain) and not re.search(r"\bhow (?:many|long|much|often)\b", plain, re.IGNORECASE):
        return "stuck"
    if not asks and _REPORT.search(plain):
        return "check_in"
    return "question"
