"""Files made for tests."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Literal

import openpyxl
from docx import Document
from docx.document import Document as DocxDocument
from openpyxl import Workbook
from pptx import Presentation
from pptx.presentation import Presentation as PptxPresentation
from reportlab.lib.pagesizes import A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from coaching.adapters.extraction import FileExtractor
from coaching.errors import UnusableDocument
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
    VTT,
    XLSX,
)
from coaching.knowledge.ports import Block, Extracted

TYPES = {
    "md": MARKDOWN,
    "txt": PLAIN,
    "html": HTML,
    "pdf": PDF,
    "docx": DOCX,
    "pptx": PPTX,
    "xlsx": XLSX,
    "epub": EPUB,
    "csv": CSV,
    "json": JSON,
    "vtt": VTT,
    "srt": SRT,
}
INVISIBLE: Literal[3] = 3
"""The text render mode of words laid under a scan."""


def read(data: bytes | str, kind: str) -> Extracted:
    return FileExtractor().extract(data.encode() if isinstance(data, str) else data, TYPES[kind])


def texts(data: bytes | str, kind: str) -> list[str]:
    return [" ".join(block.text.split()) for block in read(data, kind).blocks]


def kinds(data: bytes | str, kind: str) -> list[tuple[str, str]]:
    return [(block.kind, " ".join(block.text.split())) for block in read(data, kind).blocks]


def block(data: bytes | str, kind: str, text: str) -> Block:
    """Return the first block that has this text in it."""
    return next(block for block in read(data, kind).blocks if text in " ".join(block.text.split()))


def refusal(data: bytes | str, kind: str) -> UnusableDocument:
    """Return the error with which the file is refused."""
    try:
        read(data, kind)
    except UnusableDocument as error:
        return error
    raise AssertionError("the file was read")


def made_pdf(*pages: Callable[[Canvas], None], password: str = "", title: str = "") -> bytes:
    buffer = io.BytesIO()
    encryption = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(buffer, pagesize=A5, encrypt=encryption)
    if title:
        canvas.setTitle(title)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines_page(*lines: str, size: float = 11, top: float = 500, mode: Literal[0, 3] = 0) -> Callable[[Canvas], None]:
    """Return a page with these lines one below the other; an empty one leaves a gap."""

    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(50, top)
        text.setFont("Helvetica", size, leading=1.2 * size)
        text.setTextRenderMode(mode)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)

    return draw


def made_docx(build: Callable[[DocxDocument], None]) -> bytes:
    document = Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def made_pptx(build: Callable[[PptxPresentation], None]) -> bytes:
    presentation = Presentation()
    build(presentation)
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def made_xlsx(build: Callable[[Workbook], None]) -> bytes:
    workbook = openpyxl.Workbook()
    build(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def made_epub(chapters: Mapping[str, str], *, more: Mapping[str, str] | None = None, items: str = "") -> bytes:
    """Return a book of these pages by name; `items` are further lines of its manifest."""
    manifest = "".join(
        f'<item id="i{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>The Hearth</dc:title></metadata><manifest>{manifest}{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    pages = {f"OEBPS/{name}": f"<html><body>{page}</body></html>" for name, page in chapters.items()}
    entries = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package}
    return made_zip({name: text.encode() for name, text in {**entries, **pages, **(more or {})}.items()})


def made_zip(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_entry(docx: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the docx with one entry changed or added."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    return made_zip({**entries, name: change(entries.get(name, b""))})
