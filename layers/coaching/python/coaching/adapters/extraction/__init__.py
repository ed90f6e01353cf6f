"""Reads files: one module per format behind `FileExtractor`. Parsers are imported when a file needs them.

Each format has a maintained library that gives its parts (lxml, markdown-it, pypdfium2, python-docx, python-pptx,
openpyxl), and a reader of ours that gives every block its place: page, heading path or second. One library for all
formats, kreuzberg 4.10 (MIT, 98 MB unpacked), was tried instead: it gave slides neither page numbers nor titles, read
hidden slides and sheets, and puts a Word document's tables before its headings (github.com/xberg-io/xberg/issues/1112).
What a citation needs, and what must not be quoted, decided.
"""

from coaching.adapters.extraction.files import FileExtractor

__all__ = ["FileExtractor"]
