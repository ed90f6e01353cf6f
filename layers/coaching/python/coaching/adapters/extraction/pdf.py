"""PDF: the visible text page by page, its lines joined to paragraphs by where they stand (pypdfium2)."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from coaching.adapters.extraction.outline import fold
from coaching.adapters.extraction.pdf_layout import Line, blocks
from coaching.adapters.extraction.pdf_text import lines
from coaching.errors import Unavailable, UnusableDocument
from coaching.knowledge.ports import Extracted

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_PAGES = 3000
_END_MARK_WITHIN = 64 * 1024
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not safe for threads.
_LOCK_SECONDS = 300.0
_NO_TITLE = re.compile(r"\(?(?:anonymous|untitled|unspecified|unknown|document\d*)\)?|.*\.\w{3,4}", re.IGNORECASE)


def read(data: bytes) -> Extracted:
    """Raises: UnusableDocument(encrypted, corrupt, too_many_pages, no_text); Unavailable while others are read."""
    if b"startxref" not in data[-_END_MARK_WITHIN:]:
        raise _corrupt("its end is missing, so the export or the upload was cut off")
    with _pdfium(), _opened(data) as document:
        if len(document) > MOST_PAGES:
            raise UnusableDocument(
                "too_many_pages", f"The PDF has {len(document)} pages; the limit is {MOST_PAGES}. Split it into parts."
            )
        pages = [_page_lines(document, index) for index in range(len(document))]
        title = fold(document.get_metadata_value("Title"))
    found = tuple(blocks(pages))
    if not found:
        raise UnusableDocument(
            "no_text", "The PDF holds no text; it looks scanned. Run text recognition (OCR) on it and upload it again."
        )
    return Extracted(found, None if not title or _NO_TITLE.fullmatch(title) else title)


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


def _page_lines(document: "PdfDocument", index: int) -> list[Line]:
    from pypdfium2 import PdfiumError

    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            return lines(page, text_page)
    except PdfiumError as error:
        raise _corrupt(f"its page {index + 1} cannot be read") from error


def _corrupt(how: str) -> UnusableDocument:
    return UnusableDocument("corrupt", f"The PDF is damaged: {how}. Export it anew and upload it again.")
