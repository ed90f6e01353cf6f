"""Text as a model may read it behind its disguise: hidden signs gone, look-alikes and digits-for-letters undone."""

import base64
import binascii
import re
import unicodedata

_LEET = str.maketrans("013457@$", "oieastas")
_LATIN_LOOK_ALIKES = str.maketrans("авеёзікмнорстухѕјԁһαβεικνορτυχ", "abeeeikmhopctyxsjdhabeiknoptux")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0000-\U000e01ef]")
_LETTER = re.compile(r"[^\W\d_]")
_LEET_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457@$])[a-z013457@$]{3,}\b")
_SPACED = re.compile(r"\b(?:[^\W\d_][ .\-_*]{1,2}){5,}[^\W\d_]\b")
_GAP = re.compile(r"\s{2,}")
_JOINED = re.compile(r"(?<=[a-z])[-_.*](?=[a-z])")
_BLOB = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9a-fA-F]{2}[ ,:]?){12,}\b")
_MORSE = re.compile(r"(?<!\S)[.-]{1,6}(?:[ /]+[.-]{1,6}){7,}(?!\S)")


def invisible(text: str) -> int:
    """Return how many characters a reader does not see, tag characters and bidirectional controls among them."""
    return len(_INVISIBLE.findall(text))


def mixed_scripts(text: str) -> int:
    """Return how many words mix Latin letters with Cyrillic or Greek ones that look the same."""
    return sum(_mixed(word) for word in text.lower().split() if not word.isascii())


def plain(text: str) -> str:
    """Return `text` in lower case, compatibility forms folded, without what a reader does not see."""
    shown = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    if shown.isascii():
        return shown
    words = (word.translate(_LATIN_LOOK_ALIKES) if _mixed(word) else word for word in re.split(r"(\s)", shown))
    return "".join(words)


def undisguised(text: str) -> str:
    """Return what disguises in `text` say: spaced or digit-for-letter words, and text in base64, hex or reverse."""
    shown = plain(text)
    found = [_LEET_WORD.sub(lambda word: word[0].translate(_LEET), shown)] if _LEET_WORD.search(shown) else []
    found += [_close(run[0]) for run in _SPACED.finditer(shown)]
    if _JOINED.search(shown):
        found.append(_JOINED.sub("", shown))
        found.append(_JOINED.sub(" ", shown))
    found += [decoded.lower() for decoded in _decoded(_INVISIBLE.sub("", text))]
    found.append(shown[::-1])
    return "\n".join(found)


def encoded(text: str) -> bool:
    """Whether there is a run of base64 or hex that holds readable text, or of Morse."""
    return bool(_decoded(text) or _MORSE.search(text))


def set_apart(shown: str) -> bool:
    """Whether letters of plain text stand one by one, so that no word is whole."""
    return bool(_SPACED.search(shown))


def _mixed(word: str) -> bool:
    letters = [letter for letter in _LETTER.findall(word) if not letter.isascii()]
    foreign = [letter for letter in letters if letter.translate(_LATIN_LOOK_ALIKES) != letter]
    # A word of look-alikes alone, such as a Russian one, is no disguise.
    return bool(foreign) and any(letter.isascii() for letter in word if letter.isalpha())


def _close(run: str) -> str:
    """Join letters that were set apart; a wider gap parts two words."""
    return " ".join(re.sub(r"[ .\-_*]", "", word) for word in _GAP.split(run))


def _decoded(text: str) -> list[str]:
    tried = [_from_base64(run[0]) for run in _BLOB.finditer(text)]
    tried += [_from_hex(run[0]) for run in _HEX.finditer(text)]
    return [found for found in tried if _readable(found)]


def _from_base64(run: str) -> str:
    body = run.rstrip("=")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _from_hex(run: str) -> str:
    digits = re.sub(r"[ ,:]", "", run)
    return bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8", errors="replace")


def _readable(text: str) -> bool:
    return len(text) >= 12 and " " in text and all(sign.isprintable() or sign.isspace() for sign in text)
