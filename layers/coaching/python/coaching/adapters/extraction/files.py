"""`Extractor` over files, by their declared content type."""

import re
from dataclasses import dataclass

from coaching.adapters.extraction import (
    delimited,
    docx,
    epub,
    html,
    json_transcript,
    markdown,
    pdf,
    plain,
    pptx,
    transcript,
    xlsx,
)
from coaching.adapters.extraction.decoding import decode
from coaching.adapters.extraction.recognition import TesseractTextRecogniser, TextRecogniser
from coaching.adapters.extraction.signatures import require_match
from coaching.errors import UnsupportedType, UnusableDocument
from coaching.knowledge.content_types import (
    CSV,
    DOCX,
    EPUB,
    HTML,
    JSON,
    MARKDOWN,
    PDF,
    PLAIN,
    PPTX,
    SRT,
    SUPPORTED,
    TEXT_LIMIT_BYTES,
    VTT,
    XLSX,
    media_type,
    require_supported,
)
from coaching.knowledge.ports import Extracted, Extractor

_PACKED = {DOCX: docx.read, PPTX: pptx.read, XLSX: xlsx.read, EPUB: epub.read}
_TEXT = {
    MARKDOWN: markdown.read,
    PLAIN: plain.read,
    HTML: html.read,
    CSV: delimited.read,
    JSON: json_transcript.read,
    VTT: transcript.read,
    SRT: transcript.read,
}
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class FileExtractor(Extractor):
    """Reads documents, presentations, workbooks, books, pages and transcripts."""

    recogniser: TextRecogniser = TesseractTextRecogniser()

    def extract(self, data: bytes, content_type: str) -> Extracted:
        """Raises: UnusableDocument; Unavailable while too many files are being read at once."""
        kind = media_type(content_type)
        _require_readable(data, content_type)
        if kind == PDF:
            extracted = pdf.read(data, self.recogniser)
        elif kind in _PACKED:
            extracted = _PACKED[kind](data)
        else:
            extracted = _TEXT[kind](decode(data, _declared_charset(data, content_type)))
        _require_text(extracted, SUPPORTED[kind].called)
        return extracted


def _require_readable(data: bytes, content_type: str) -> None:
    try:
        require_supported(content_type)
    except UnsupportedType as error:
        raise UnusableDocument("wrong_type", error.message) from error
    if not data:
        raise UnusableDocument("empty_file", "The file is empty. Upload it again with its contents.")
    require_match(data, media_type(content_type))


def _declared_charset(data: bytes, content_type: str) -> str:
    if found := _CHARSET.search(content_type):
        return found.group(1)
    meta = _META_CHARSET.search(data[:_META_WITHIN]) if media_type(content_type) == HTML else None
    return meta.group(1).decode("ascii", "replace") if meta else ""


def _require_text(extracted: Extracted, called: str) -> None:
    if sum(len(block.text) for block in extracted.blocks) > TEXT_LIMIT_BYTES:
        raise UnusableDocument("too_large", f"The file holds more than {TEXT_LIMIT_BYTES:,} characters. Split it.")
    # Zero-width characters are neither white space nor anything to read.
    if not any(character.isprintable() and not character.isspace() for b in extracted.blocks for character in b.text):
        raise UnusableDocument("no_text", f"No text was found in this file, which was read as {called}.")
