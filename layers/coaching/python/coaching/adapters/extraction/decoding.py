"""Bytes to text: Unicode by its marks, UTF-8, a declared charset, and only then a guess."""

import codecs
import re

from coaching.errors import UnusableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SINGLE_BYTE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8-r", "mac-roman")
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_GUESSED = tuple(codecs.lookup(name).name for name in _SINGLE_BYTE + _EAST_ASIAN)
_WEB_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252", "shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030"}
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_MAX_CONTROL_SHARE = 0.005
_SAMPLE_BYTES = 64 * 1024
_SURE = 0.3
_MAX_ACCENT_SHARE = 0.3
_ACCENTED = re.compile("[À-ÖØ-öø-ÿŒœŠšŽžŸƒ]")
_TYPOGRAPHY = re.compile("[\xa0‘’‚“”„†‡•–—…‰‹›€™¡¢£§¨©ª«¬®¯°±²³´µ¶·¹º»¼½¾¿×÷]")
_SYMBOL_INSIDE_WORD = re.compile(r"[^\W\d_][¢£¨©ª¬®¯±²³´µ¶¹º¼½¾¿×÷][^\W\d_]")


def decode(data: bytes, declared_charset: str = "") -> str:
    """Return the text of a text file, without its byte order mark.

    A declared charset counts only where the bytes are not UTF-8. Raises: UnusableDocument(not_text).
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    if b"\x00" in data or len(data) - len(data.translate(None, _CONTROL)) > _MAX_CONTROL_SHARE * len(data):
        raise _not_text()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, _known(declared_charset) or _guess(data))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, ValueError) as error:
        raise _not_text() from error
    if "\x00" in text:
        raise _not_text()
    return text


def _known(charset: str) -> str | None:
    """Return the codec that browsers use for a declared charset, if it is one of those that are read here."""
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
    except LookupError:
        return None
    name = _WEB_NAMES.get(name, name)
    return name if name in _GUESSED or name.startswith("iso8859") else None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = _sample(data)
    best = from_bytes(sample, cp_isolation=list(_GUESSED)).best()
    if best is not None and best.coherence >= _SURE:
        return best.encoding
    if _reads_as_western(data):
        return "cp1252"
    if best is None:
        raise _not_text()
    return best.encoding


def _sample(data: bytes) -> bytes:
    """Return whole lines from a long file, from its first line on that is not ASCII."""
    if len(data) <= _SAMPLE_BYTES:
        return data
    first = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    end = data.rfind(b"\n", start, start + _SAMPLE_BYTES)
    return data[start:end] if end > start else data[start : start + _SAMPLE_BYTES]


def _reads_as_western(data: bytes) -> bool:
    """Say whether cp1252 gives accented letters within words and typography around them, and nothing odd."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    accented = len(_ACCENTED.findall(text))
    others = sum(character > "\x7f" for character in text) - accented - len(_TYPOGRAPHY.findall(text))
    few = accented <= max(1, _MAX_ACCENT_SHARE * len(text))
    return few and not others and not _SYMBOL_INSIDE_WORD.search(text)


def _not_text() -> UnusableDocument:
    return UnusableDocument(
        "not_text", "This file does not hold readable text. Save it as UTF-8 text and upload it again."
    )
