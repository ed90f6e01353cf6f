"""A message as the rules and the word weights read it: plain letters, contractions and chat shorthand written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coaching.safety.redflags.disguises import WORDS, undisguised
from coaching.safety.redflags.letters import as_seen, hides

MOST_CHARACTERS: Final = 20_000
"""Of one message that are read; no more can be sent."""
_NOT: Final = re.compile(r"\b(ca|could|did|do|does|had|has|have|is|are|was|were|wo|would|should|must|need)n'?t\b")
_CONTRACTED: Final = re.compile(r"\b(\w+)'(m|re|ve|ll|d|s)\b")
_FULL: Final = {"m": " am", "re": " are", "ve": " have", "ll": " will", "d": " would", "s": "'s"}
_SHORTHAND: Final = {
    "im": "i am", "ive": "i have", "id": "i would", "ill": "ill", "u": "you", "ur": "your", "r": "are",
    "cant": "can not", "cannot": "can not", "wanna": "want to", "gonna": "going to", "gunna": "going to",
    "gotta": "got to",
    "kms": "kill myself",
    "kys": "kill yourself", "unalive": "kill", "unaliving": "killing", "unalived": "killed", "sewerslide": "suicide",
    "sewercide": "suicide", "suicde": "suicide", "sucide": "suicide", "suiside": "suicide", "suicied": "suicide",
    "sucidal": "suicidal", "suicidle": "suicidal", "idk": "i do not know", "rn": "right now", "tmrw": "tomorrow",
    "tmr": "tomorrow", "2nite": "tonight", "tonite": "tonight", "2day": "today", "bf": "boyfriend", "gf": "girlfriend",
    "bc": "because", "cuz": "because", "bcuz": "because", "hes": "he is", "shes": "she is", "theyre": "they are",
    "youre": "you are", "alot": "a lot", "wdym": "what do you mean", "jk": "just kidding", "jking": "just kidding",
    "mum": "mom", "ppl": "people", "srsly": "seriously", "tbh": "to be honest", "imma": "i am going to",
    "ima": "i am going to", "finna": "going to", "dv": "domestic violence", "mself": "myself", "self-harm": "self harm",
    "selfharm": "self harm", "anymor": "anymore", "nd": "and", "plz": "please", "pls": "please", "ya": "you",
    "n": "and", "thru": "through", "tho": "though", "em": "them", "urself": "yourself", "yall": "you all",
    "dnt": "do not",
    "idc": "i do not care", "kil": "kill", "nife": "knife", "pils": "pills", "drikn": "drink", "wnat": "want",
    "cnat": "can not", "evry": "every",
    "nvm": "never mind", "hubby": "husband", "meds": "medication", "themself": "themselves",
}  # fmt: skip
_LONG_ENOUGH: Final = 6
"""Letters of a word of danger from which a slip of the finger is taken for it."""
_WORD: Final = re.compile(r"[a-z0-9]+(?:-harm)?")
_MYSELF: Final = re.compile(r"\b(my|him|her|your|them) (self|selves)\b")
_SPACE: Final = re.compile(r"[ \t\r\f\v]+")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?。！？])[\"')\]]*\s+|(?<=[。！？])|\n+|(?<=\.\.)\s*(?=\w)")
_LONG_SENTENCE: Final = 60
_WINDOW_WORDS: Final = 40


def _slips(word: str) -> Iterator[str]:
    """Yield a word with two letters swapped or one left out, but for its first and its last."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


_NO_SLIPS: Final = WORDS | {"staving", "stave", "bating", "chocking", "coking", "buring", "living", "driving"}
_SLIPS: Final = {
    slip: word for word in sorted(WORDS) if len(word) >= _LONG_ENOUGH for slip in _slips(word) if slip not in _NO_SLIPS
}


@dataclass(frozen=True, slots=True)
class Plain:
    """A message in plain lower-case words, and its sentences in order (none of more than 60 words).

    `disguised`: it was written so that a machine should not read it, or at least otherwise than people write.
    """

    text: str
    sentences: tuple[str, ...]
    disguised: bool = False

    def windows(self) -> list[str]:
        """Return stretches of one to three sentences, about 40 words each, that together hold every word."""
        found: list[list[str]] = []
        words = 0
        for sentence in self.sentences:
            size = sentence.count(" ") + 1
            if not found or len(found[-1]) == 3 or words + size > _WINDOW_WORDS:
                found.append([])
                words = 0
            found[-1].append(sentence)
            words += size
        return [" ".join(window) for window in found]


def plain(message: str) -> Plain:
    """Return what a message says to a person who reads it."""
    read = message[:MOST_CHARACTERS]
    seen = as_seen(read)
    shown = undisguised(seen)
    disguised = shown != seen or hides(read)
    shown = _NOT.sub(_negated, shown)
    shown = _CONTRACTED.sub(lambda word: word[1] + _FULL[word[2]], shown)
    shown = _WORD.sub(lambda word: _SHORTHAND.get(word[0]) or _SLIPS.get(word[0], word[0]), shown)
    shown = _SPACE.sub(" ", _MYSELF.sub(r"\1\2", shown)).strip()
    return Plain(shown, tuple(_sentences(shown)), disguised)


def _negated(word: re.Match[str]) -> str:
    return {"ca": "can", "wo": "will"}.get(word[1], word[1]) + " not"


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for part in _SENTENCE_END.split(text):
        words = part.split()
        found.extend(" ".join(words[start : start + _LONG_SENTENCE]) for start in range(0, len(words), _LONG_SENTENCE))
    return [sentence for sentence in found if any(map(str.isalnum, sentence))]
