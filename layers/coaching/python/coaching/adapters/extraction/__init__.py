"""Reads files: one module per format behind `FileExtractor`. Parsers are imported when a file needs them."""

from coaching.adapters.extraction.files import FileExtractor

__all__ = ["FileExtractor"]
