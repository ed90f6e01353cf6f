"""Words as the checks compare them: lower case, lightly stemmed, number words as digits.

Comparing texts needs the same folding on both sides and nothing more: "practises" and "practising" agree,
"twenty" and "20" agree, and what carries no meaning of its own (the, of, do) is left out.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_ENUMERATOR = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*•–])\s+")
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBER_WORDS = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: value for value, word in zip(range(20, 100, 10), _TENS.split(), strict=True)
}
_DIGITS = frozenset(_UNITS.split()[1:10])
_MULTIPLIERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000}

_STOP_WORDS = """
    a about above after again all almost along already also although always am an and another any anybody anyone
    anything are aren't around as at away back be because been before being below between both but by can can't cannot
    could couldn't did didn't do does doesn't doing don't done down during each either else even ever every everybody
    everyone everything for from get gets getting go goes going got had hadn't has hasn't have haven't having he her
    here hers herself him himself his how however i i'd i'll i'm i've if in instead into is isn't it it's its itself
    just let let's made make makes making many may me might more most much must my myself neither nor not now of off on
    once one only onto or other others our ours out over own per perhaps quite rather really same shall she should
    shouldn't since so some somebody someone something still such take takes taking than that that's the their theirs
    them themselves then there there's these they they're thing this those though through thus to too took toward
    towards under until up upon us very was wasn't we we'll we're we've well were weren't what what's whatever when
    whenever where wherever whether which while who whom whose why will with within without won't would wouldn't yet
    you you'd you'll you're you've your yours yourself whats thats im ive dont doesnt didnt cant wont isnt wasnt arent
    youre theyre couldnt wouldnt shouldnt havent hasnt
"""
_STOP = frozenset(_STOP_WORDS.split())
_IRREGULAR = {
    "began": "begin", "begun": "begin", "bought": "buy", "broke": "break", "broken": "break", "brought": "bring",
    "built": "build", "came": "come", "caught": "catch", "children": "child", "chose": "choose", "chosen": "choose",
    "drew": "draw", "drawn": "draw", "drove": "drive", "eaten": "eat", "fallen": "fall", "fell": "fall",
    "felt": "feel", "forgot": "forget", "forgotten": "forget", "fought": "fight", "found": "find", "gave": "give",
    "given": "give", "gone": "go", "grew": "grow", "grown": "grow", "heard": "hear", "held": "hold", "hidden": "hide",
    "ill": "ill", "kept": "keep", "knew": "know", "known": "know", "led": "lead", "lit": "light", "lost": "lose",
    "meant": "mean", "men": "man", "met": "meet", "paid": "pay", "people": "person", "practice": "practise",
    "practiced": "practise", "practices": "practise", "practicing": "practise", "ran": "run", "read": "read",
    "said": "say", "sat": "sit", "saw": "see", "seen": "see", "sent": "send", "shown": "show", "slept": "sleep",
    "sold": "sell", "spent": "spend", "spoke": "speak", "spoken": "speak", "stood": "stand", "stuck": "stick",
    "taught": "teach", "taken": "take", "thought": "think", "threw": "throw", "told": "tell", "went": "go",
    "women": "woman", "won": "win", "wore": "wear", "worn": "wear", "written": "write", "wrote": "write",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Return the words and digit groups of `text`, lower case, in order; list markers are not words."""
    return _TOKEN.findall(_ENUMERATOR.sub("", text).lower().replace("’", "'"))


def content(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order; numbers stand as digits."""
    return [stem(token) for token in folded(text) if carries_meaning(token)]


def carries_meaning(token: str) -> bool:
    """Return whether a token says something of its own, unlike "the", "of" and "do"."""
    return token not in _STOP


@lru_cache(maxsize=4_096)
def folded(text: str) -> tuple[str, ...]:
    """Return the tokens of `text` with number words as digits, in order."""
    return tuple(_fold_numbers(tokens(text)))


def numbers(text: str) -> frozenset[str]:
    """Return every number of `text` as digits. The word "one" is left out: it is a pronoun more often."""
    return frozenset(token for token in folded(text) if token[0].isdigit())


def stems_of(words: str) -> frozenset[str]:
    """Return the stems of a written list of words."""
    return frozenset(stem(word) for word in words.split())


_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """Return `word` without its inflection. It need not be a word; equal stems are what counts."""
    word = word.removesuffix("'s").removesuffix("'")
    word = _IRREGULAR.get(word, word)
    if len(word) < 4 or word[0].isdigit():
        return word
    word = _singular(word)
    for suffix, shortest in (("ness", 7), ("ing", 6), ("ed", 5), ("ly", 6)):
        if word.endswith(suffix) and len(word) >= shortest and not _VOWELS.isdisjoint(word[: -len(suffix)]):
            word = _undoubled(word[: -len(suffix)])
            break
    if word.endswith("y") and len(word) > 3 and word[-2] not in "aeiou":
        word = word[:-1] + "i"
    return word.removesuffix("e") if len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undoubled(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word


def _fold_numbers(words: Sequence[str]) -> Iterator[str]:
    position = 0
    while position < len(words):
        word = words[position]
        value, used = _number_at(words, position) if word in _NUMBER_WORDS or word[0].isdigit() else ("", 0)
        yield value if used else word
        position += used or 1


def _number_at(words: Sequence[str], position: int) -> tuple[str, int]:
    """Return the number that begins at `position` as digits, and how many words it takes; 0 where none begins."""
    word = words[position]
    if word[0].isdigit():
        return _plain(word), 1
    if word == "one" and not _followed_by(words, position, _MULTIPLIERS):
        return "", 0
    value, used = _NUMBER_WORDS[word], 1
    if value >= 20 and _followed_by(words, position, _DIGITS):
        value, used = value + _NUMBER_WORDS[words[position + 1]], 2
    if _followed_by(words, position + used - 1, _MULTIPLIERS):
        value, used = value * _MULTIPLIERS[words[position + used]], used + 1
    return str(value), used


def _followed_by(words: Sequence[str], position: int, among: Collection[str]) -> bool:
    return position + 1 < len(words) and words[position + 1] in among


def _plain(digits: str) -> str:
    """Return `1,000` as `1000` and `3.0` as `3`; a clock time or a version stays as written."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        return digits.replace(",", "")
    if re.fullmatch(r"\d+\.0+", digits):
        return digits.split(".")[0]
    return digits
