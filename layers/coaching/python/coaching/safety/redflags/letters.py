"""Letters as a reader sees them: look-alikes, accents, invisible signs and emojis, each as plain letters."""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]"
)
_LOOK_ALIKES: Final = str.maketrans(
    "авеёзікмнорстухѕјԁһӏԛԝүѵαβεηικνορτυχγωϲϳɑɡıʟɪɴʀᴀʙᴄᴅᴇꜰɢʜᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡʏᴢ",
    "abeeeikmhopctyxsjdhlqwyvabenikvoptuxywcjagilinrabcdefghjkmopstuvwyz",
)
"""Unicode's confusables (UTS 39) among lower-case Cyrillic, Greek and phonetic letters that pass for Latin ones."""
_NO_ACCENT: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_QUOTES: Final = str.maketrans("‘’‚‛`´ʼ′“”„‟«»″", "''''''''\"\"\"\"\"\"\"")
_SIGNS: Final = {
    "🔪": "knife", "🗡": "knife", "🪒": "razor", "🔫": "gun", "💊": "pills", "💉": "needle", "🩸": "blood",
    "⚰": "coffin", "🪦": "grave", "💀": "skull", "☠": "skull", "🪢": "rope", "🌉": "bridge", "🚂": "train",
    "🍺": "alcohol", "🍻": "alcohol", "🍷": "alcohol", "🥃": "alcohol", "🍾": "alcohol", "🤮": "vomit", "🤢": "vomit",
    "😂": "laughing", "🤣": "laughing", "😆": "laughing", "😭": "crying", "😢": "crying", "👋": "goodbye",
    "🤕": "hurt", "👊": "punch", "🤛": "punch", "❄": "snow", "🍃": "weed", "🌿": "weed", "🔥": "fire",
    "💔": "heartbroken",
}  # fmt: skip
_EMOJI: Final = re.compile("|".join(map(re.escape, _SIGNS)))
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[a-z]")


def hides(text: str) -> bool:
    """Return whether a text has signs that no reader sees, or words that mix scripts."""
    return not text.isascii() and (
        _INVISIBLE.search(text.replace("\ufe0f", "").replace("\u200d", "")) is not None
        or any(_mixed(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()))
    )


def as_seen(text: str) -> str:
    """Return `text` in lower case with compatibility forms, look-alikes and accents undone; emojis are words."""
    shown = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower().translate(_QUOTES)
    if shown.isascii():
        return shown
    shown = _EMOJI.sub(lambda sign: f" {_SIGNS[sign[0]]} ", shown)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(sign))
    if _LATIN.search(bare):
        bare = _WORD.sub(_latin, bare)
    return unicodedata.normalize("NFC", bare).translate(_NO_ACCENT)


def _latin(word: re.Match[str]) -> str:
    """Return a word that mixes scripts, or is made of look-alikes alone, in the Latin letters that it passes for."""
    return _latin_of(word[0])


def _latin_of(word: str) -> str:
    changed = word.translate(_LOOK_ALIKES)
    return changed if changed.isascii() else word


def _mixed(word: str) -> bool:
    return _LATIN.search(word) is not None and _latin_of(word) != word
