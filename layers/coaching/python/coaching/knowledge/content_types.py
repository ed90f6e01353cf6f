"""The kinds of file that can become passages."""

from collections.abc import Iterable
from dataclasses import dataclass

from coaching.errors import UnsupportedType

TEXT_LIMIT_BYTES = 25 * 1024 * 1024
"""The largest file that is read, and the most characters that a file may hold."""

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPUB = "application/epub+zip"
CSV = "text/csv"
JSON = "application/json"
VTT = "text/vtt"
SRT = "application/x-subrip"


@dataclass(frozen=True, slots=True)
class ContentType:
    """A kind of file: its media type, what it is called in a sentence, and its suffixes."""

    media_type: str
    called: str
    suffixes: tuple[str, ...]


SUPPORTED = {
    kind.media_type: kind
    for kind in (
        ContentType(MARKDOWN, "a Markdown file", (".md", ".markdown")),
        ContentType(PLAIN, "a plain text file", (".txt",)),
        ContentType(HTML, "an HTML page", (".html", ".htm")),
        ContentType(PDF, "a PDF file", (".pdf",)),
        ContentType(DOCX, "a Word document (.docx)", (".docx",)),
        ContentType(PPTX, "a PowerPoint presentation (.pptx)", (".pptx",)),
        ContentType(XLSX, "an Excel workbook (.xlsx)", (".xlsx",)),
        ContentType(EPUB, "an EPUB book", (".epub",)),
        ContentType(CSV, "a CSV file", (".csv",)),
        ContentType(JSON, "a JSON transcript", (".json",)),
        ContentType(VTT, "a WebVTT transcript", (".vtt",)),
        ContentType(SRT, "an SRT transcript", (".srt",)),
    )
}


def media_type(content_type: str) -> str:
    """Return a content type's media type: lower case, without parameters such as `; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()


def require_supported(content_type: str, *, also: Iterable[ContentType] = ()) -> None:
    """Raises: UnsupportedType, naming what is supported, and what is `also` where it is not a file of text."""
    if media_type(content_type) not in SUPPORTED:
        listed = ", ".join(f"{kind.media_type} ({', '.join(kind.suffixes)})" for kind in (*SUPPORTED.values(), *also))
        raise UnsupportedType(f"This content type cannot be read. Supported are: {listed}.")
