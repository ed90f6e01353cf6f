"""Recognises a file by its first bytes, so that a wrongly declared one is refused with its real name.

Source of the signatures: the formats' specifications, as collected in en.wikipedia.org/wiki/List_of_file_signatures.
"""

import re

from coaching.errors import UnusableDocument
from coaching.knowledge.content_types import DOCX, EPUB, HTML, PDF, PPTX, SRT, SUPPORTED, VTT, XLSX

_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or protected Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"OggS\x00", "an Ogg recording"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska video"),
    (b"ID3\x02", "an MP3 recording"),
    (b"ID3\x03", "an MP3 recording"),
    (b"ID3\x04", "an MP3 recording"),
    (b"\x7fELF", "a program"),
)
_INSIDE = {b"WEBP": "a WebP picture", b"WAVE": "a WAV recording", b"AVI ": "an AVI video"}
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_PDF_HEADER_WITHIN = 1024
_ZIPPED = (DOCX, PPTX, XLSX, EPUB)
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognised(data: bytes) -> str | None:
    """Return what the first bytes say that the file is, or None for text and for what is not known."""
    for signature, called in _SIGNATURES:
        if data.startswith(signature):
            return called
    if data.startswith(b"RIFF"):
        return _INSIDE.get(data[8:12])
    if data[4:8] == b"ftyp":
        return "an MP4 or QuickTime recording"
    return "an HTML page" if _HTML.match(data) else None


def require_match(data: bytes, media_type: str) -> None:
    """Raises: UnusableDocument(wrong_type) when the first bytes contradict the declared type, or (encrypted)."""
    if media_type == PDF and b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return
    if media_type in _ZIPPED:
        if data.startswith(_ZIP):
            return
        _refuse_protected(data)
    found = recognised(data)
    if found is None or (found == SUPPORTED[HTML].called and media_type in (HTML, VTT, SRT)):
        return
    declared = SUPPORTED[media_type].called
    raise UnusableDocument(
        "wrong_type",
        f"The file was announced as {declared} but is {found}. "
        "Upload it with its own content type, or export it to a supported format.",
    )


def _refuse_protected(data: bytes) -> None:
    """Office keeps a password-protected file in an old Office container with an entry of this name."""
    if data.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise UnusableDocument(
            "encrypted", "The file is protected by a password. Remove the password and upload it again."
        )
