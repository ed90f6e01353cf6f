"""What kind of answer a question waits for, and whether a sentence has that form: an amount, a time, a definition."""

import re
from collections.abc import Callable

from coaching.conversation.thesaurus import kin
from coaching.safety.words import folded, stem, stems_of, tokens

Fits = Callable[[str], float]
"""How well a sentence has the form of the answer: 0..1, and 2 for the definition that was asked for."""

SOME_NUMBER = 0.3
"""A sentence with a number that counts something else than was asked for."""
SOME_TIME = 0.7
"""A sentence that says when without a number."""
_REACH = 3

_HOW_MANY = re.compile(r"\bhow many ([\w' ]+)", re.IGNORECASE)
_HOW_LONG = re.compile(
    r"\bhow (?:long|much|late|early|soon|far|big|old|.{0,12}(?:later|longer))\b|\bfor how\b"
    r"|\bwhen (?:should|do|does|can|may|is|to|will)\b|\bby when\b|\bwhat time\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\bwhen\b", re.IGNORECASE)
_HOW_OFTEN = re.compile(r"\bhow often\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"^\W*(?:so |and |but )?(?:what(?:'s| is| are|s)|who (?:is|are)|explain|define|what do you (?:mean by|call)"
    r"|what (?:does|do)(?! (?:i|you|we)\b)) "
    r"(?:exactly |actually )?(?:(?:a|an|the|your|my) )?([\w' -]{2,40}?)"
    r"(?: (?:mean|means|do|does|for|and|to|in|like)\b.*)?\W*$",
    re.IGNORECASE,
)
_SAYS_WHEN = re.compile(
    r"\b(?:within|until|before|after|not earlier|as soon as|the (?:night|day) before|the next day|day \d+|week \d+)\b",
    re.IGNORECASE,
)
_SAYS_HOW_OFTEN = re.compile(
    r"\b(?:every|once|twice|daily|weekly|monthly"
    r"|\w+ (?:\w+ )?(?:a|per|in a|in one|in every) (?:day|week|month|season|year))\b",
    re.IGNORECASE,
)
_MAY_I = re.compile(
    r"(?:^|[.,!?] |\b(?:and|so|but|or) )(?:can|could|may|should|must|shall|do|is it|would it be|am|are) "
    r"(?:i|we|ok|okay|fine|all right|bad|wrong|allowed|better|enough|true)\b"
    r"|\b(?:good idea|allowed|is that (?:ok|okay|fine|allowed|enough))\b",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"\b(?:never|do not|don't|not|no|nothing|nobody|only|at most|at least|must|should|may|allowed|forbidden|enough"
    r"|instead|unless|plenty|stop)\b",
    re.IGNORECASE,
)
A_RULE = 0.6
"""A sentence that permits or forbids, where somebody asks whether they may."""
_IS = [["is"], ["are"], ["mean"]]
_UNITS = stems_of("second minute hour day week month year time morning evening")


def form_of_answer(question: str) -> Fits:
    """Return how well a sentence has the form that the question asks for; 0 for each where it asks for none."""
    plain = question.replace("’", "'")
    if _MAY_I.match(plain):
        return lambda sentence: A_RULE * bool(_RULES.search(sentence))
    if many := _HOW_MANY.search(plain):
        counted = [stem(word) for word in tokens(many[1])[:2]]
        return _counts(frozenset(counted).union(*map(kin, counted)))
    if _HOW_OFTEN.search(plain):
        return lambda sentence: float(bool(_SAYS_HOW_OFTEN.search(sentence)))
    if _HOW_LONG.search(plain):
        return _says_when if _WHEN.search(plain) else _has_duration
    if what := _WHAT_IS.match(plain):
        return _defines([stem(word) for word in tokens(what[1])])
    if _MAY_I.search(plain):
        return lambda sentence: A_RULE * bool(_RULES.search(sentence))
    return lambda sentence: 0.0


def _counts(what: frozenset[str]) -> Fits:
    def fits(sentence: str) -> float:
        words = [stem(word) for word in folded(sentence)]
        numbers = [at for at, word in enumerate(words) if word[0].isdigit()]
        if any(not what.isdisjoint(words[at + 1 : at + 1 + _REACH]) for at in numbers):
            return 1.0
        return SOME_NUMBER if numbers else 0.0

    return fits


def _has_duration(sentence: str) -> float:
    words = [stem(word) for word in folded(sentence)]
    return float(
        any(word[0].isdigit() and not _UNITS.isdisjoint(words[at + 1 : at + _REACH]) for at, word in enumerate(words))
    )


def _says_when(sentence: str) -> float:
    return _has_duration(sentence) or SOME_TIME * bool(_SAYS_WHEN.search(sentence))


def _defines(what: list[str]) -> Fits:
    """A sentence that defines the thing ("A draught is ...", "I call it a draught") or at least begins with it."""

    def fits(sentence: str) -> float:
        words = [stem(word) for word in tokens(sentence)]
        places = [at for at in range(len(words)) if what and words[at : at + len(what)] == what]
        if any(at <= 1 and words[at + len(what) : at + len(what) + 1] in _IS for at in places):
            return 2.0
        if any("call" in words[max(0, at - _REACH) : at] for at in places):
            return 2.0
        return float(any(at <= _REACH for at in places))

    return fits
