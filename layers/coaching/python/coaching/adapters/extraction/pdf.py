"""PDF: the visible text page by page, its lines joined to paragraphs by where they stand (pypdfium2)."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from coaching.adapters.extraction.outline import fold
from coaching.adapters.extraction.pdf_columns import in_reading_order
from coaching.adapters.extraction.pdf_layout import blocks
from coaching.adapters.extraction.pdf_line import Line
from coaching.adapters.extraction.pdf_scan import Scans
from coaching.adapters.extraction.pdf_text import lines
from coaching.adapters.extraction.recognition import TextRecogniser
from coaching.errors import Unavailable, UnusableDocument
from coaching.knowledge.content_types import TEXT_LIMIT_BYTES
from coaching.knowledge.ports import Extracted

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 3000
_END_MARK_WITHIN = 64 * 1024
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not safe for threads.
_LOCK_SECONDS = 300.0
_READING_SECONDS = 240.0
_RECOGNITION_SECONDS = 200.0
"""Both end before the function's 300 s do, so that its creator is told, and what was recognised is kept."""
_NO_TITLE = re.compile(r"\(?(?:anonymous|untitled|unspecified|unknown|document\d*)\)?|.*\.\w{3,4}", re.IGNORECASE)


def read(data: bytes, recogniser: TextRecogniser) -> Extracted:
    """Return the text with its pages. Pages that are pictures are recognised where that can be done, and told.

    Raises: UnusableDocument(encrypted, corrupt, too_many_pages, too_large, scanned, no_text); Unavailable while others
    are read.
    """
    if b"startxref" not in data[-_END_MARK_WITHIN:]:
        raise _corrupt("its end is missing, so the export or the upload was cut off")
    with _pdfium(), _opened(data) as document:
        if len(document) > MOST_PAGES:
            raise UnusableDocument(
                "too_many_pages", f"The PDF has {len(document)} pages; the limit is {MOST_PAGES}. Split it into parts."
            )
        scans = Scans(recogniser, time.monotonic() + _RECOGNITION_SECONDS)
        pages = _pages(document, scans)
        title = fold(document.get_metadata_value("Title"))
    found = tuple(blocks(pages))
    if not found:
        raise scans.refusal()
    return Extracted(found, None if not title or _NO_TITLE.fullmatch(title) else title, scans.notices())


def _pages(document: "PdfDocument", scans: Scans) -> list[list[Line]]:
    deadline = time.monotonic() + _READING_SECONDS
    pages: list[list[Line]] = []
    characters = 0
    for index in range(len(document)):
        pages.append(in_reading_order(_page_lines(document, index, scans)))
        characters += sum(len(line.text) for line in pages[-1])
        if characters > TEXT_LIMIT_BYTES or time.monotonic() > deadline:
            raise UnusableDocument(
                "too_large", f"The PDF holds too much text: only {index + 1} pages could be read in time. Split it."
            )
    return pages


@contextmanager
def _pdfium() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=_LOCK_SECONDS):
        raise Unavailable("Other PDF files are still being read; try again.")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@contextmanager
def _opened(data: bytes) -> "Iterator[PdfDocument]":
    from pypdfium2 import PdfDocument, PdfiumError
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise UnusableDocument(
                "encrypted", "The PDF is protected by a password. Remove the password and upload it again."
            ) from error
        raise _corrupt("it cannot be opened") from error
    with closing(document):
        yield document


def _page_lines(document: "PdfDocument", index: int, scans: Scans) -> list[Line]:
    from pypdfium2 import PdfiumError

    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            return scans.read(page, index + 1, lines(page, text_page))
    except PdfiumError as error:
        raise _corrupt(f"its page {index + 1} cannot be read") from error


def _corrupt(how: str) -> UnusableDocument:
    return UnusableDocument("corrupt", f"The PDF is damaged: {how}. Export it anew and upload it again.")
