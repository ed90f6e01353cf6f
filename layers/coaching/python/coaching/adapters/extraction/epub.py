"""EPUB books: their chapters in reading order, each read as the page that it is (zip, lxml and the HTML reader).

A reader's own contents list and parts outside the reading order are left out, as is text that the book's style sheets
hide. An EPUB has no pages; its places are headings.
Source: www.w3.org/TR/epub-33, chapters 4 and 5.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from coaching.adapters.extraction import html, unzip_guard
from coaching.adapters.extraction.decoding import decode
from coaching.adapters.extraction.outline import Outline, fold
from coaching.errors import UnusableDocument
from coaching.knowledge.content_types import EPUB, SUPPORTED
from coaching.knowledge.ports import Extracted

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CALLED = SUPPORTED[EPUB].called
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html")


@dataclass(frozen=True, slots=True)
class _Package:
    """What the book's package file says: chapters in reading order, style sheets, title. Names are the archive's."""

    chapters: tuple[str, ...]
    styles: tuple[str, ...]
    title: str


def read(data: bytes) -> Extracted:
    """Raises: UnusableDocument(unpacks_too_large, encrypted, wrong_type, corrupt)."""
    names = unzip_guard.require_harmless(data, _CALLED, doctypes=True)
    if _CONTAINER not in names:
        raise unzip_guard.wrong_type(_CALLED, "a zip archive")
    outline = Outline()
    with _damage_named(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        _refuse_protected(archive, names)
        package = _package(archive)
        css = "\n".join(decode(archive.read(name)) for name in package.styles if name in names)
        for name in package.chapters:
            html.add(outline, decode(archive.read(name)), css)
    return Extracted(tuple(outline.blocks), package.title or outline.opening_heading)


@contextmanager
def _damage_named() -> Iterator[None]:
    from lxml.etree import LxmlError

    try:
        yield
    except (LxmlError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise unzip_guard.corrupt(_CALLED, "its parts do not fit together") from error


def _package(archive: zipfile.ZipFile) -> _Package:
    roots = _parsed(archive, _CONTAINER).iter("{*}rootfile")
    path = next((root.get("full-path") or "" for root in roots), "")
    package = _parsed(archive, path)
    items = {item.get("id"): item for item in package.iter("{*}item")}
    spine = [items.get(ref.get("idref")) for ref in package.iter("{*}itemref") if ref.get("linear") != "no"]
    chapters = [item for item in spine if item is not None and _is_chapter(item)]
    if not chapters:
        raise ValueError(path)
    styles = [item for item in items.values() if item.get("media-type") == "text/css"]
    titles = (fold("".join(title.itertext())) for title in package.iter("{http://purl.org/dc/elements/1.1/}title"))
    return _Package(
        chapters=tuple(_name(path, item.attrib) for item in chapters),
        styles=tuple(_name(path, item.attrib) for item in styles),
        title=next(titles, ""),
    )


def _is_chapter(item: "Element") -> bool:
    return item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()


def _name(package: str, item: "Mapping[str, str]") -> str:
    href = unquote(urlsplit(item.get("href", "")).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(package), href))


def _parsed(archive: zipfile.ZipFile, name: str) -> "Element":
    from lxml import etree

    # Entities stay as they stand: a package needs none, and they could expand without bound.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(archive.read(name), parser)
    if root is None:
        raise ValueError(name)
    return root


def _refuse_protected(archive: zipfile.ZipFile, names: frozenset[str]) -> None:
    """A book whose chapters are encrypted belongs to its shop's reader; encrypted fonts alone do no harm."""
    if _ENCRYPTION not in names:
        return
    methods = [method.get("Algorithm") for method in _parsed(archive, _ENCRYPTION).iter("{*}EncryptionMethod")]
    if any(method not in _FONTS_ONLY for method in methods):
        raise UnusableDocument(
            "encrypted", "The book is protected by its publisher. Upload one that is free of copy protection."
        )
