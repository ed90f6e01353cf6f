"""Looks through a zip before anybody opens it: what it would unpack to is bounded, and every entry is whole."""

import io
import zipfile
import zlib

from coaching.errors import UnusableDocument

MOST_ENTRIES = 5_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_RATIO = 100
_RATIO_COUNTS_FROM_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED_FLAG = 1
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_XML_SUFFIXES = (".xml", ".rels")


def require_harmless(data: bytes) -> frozenset[str]:
    """Return the names of a docx's entries.

    Raises: UnusableDocument(unpacks_too_large), (encrypted), or (corrupt), also for XML with a document type: Word
    writes none, and its entities could expand without bound.
    """
    # Counted before the directory is read, because reading a huge one takes the memory that is to be saved.
    if data.count(_ENTRY_MARK) > MOST_ENTRIES:
        raise _too_large(f"it has more than {MOST_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_directory(entries)
            _check_contents(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise corrupt("its packed contents cannot be read") from error
    return frozenset(entry.filename for entry in entries)


def corrupt(how: str) -> UnusableDocument:
    return UnusableDocument("corrupt", f"The Word document is damaged: {how}. Save it anew and upload it again.")


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _too_large(f"it has more than {MOST_ENTRIES:,} entries")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise _too_large(f"it unpacks to more than {MOST_UNPACKED_BYTES // 1024**2} MB")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise UnusableDocument("encrypted", "The document is protected by a password. Remove it and upload again.")
        _check_ratio(entry, entry.file_size)


def _check_contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack once without keeping anything: the directory may lie about sizes."""
    total = 0
    for entry in entries:
        size = 0
        carried = b""
        with archive.open(entry) as contents:
            while chunk := contents.read(_CHUNK_BYTES):
                size += len(chunk)
                _check_ratio(entry, size)
                if total + size > MOST_UNPACKED_BYTES:
                    raise _too_large(f"it unpacks to more than {MOST_UNPACKED_BYTES // 1024**2} MB")
                if entry.filename.lower().endswith(_XML_SUFFIXES):
                    _check_no_doctype(carried + chunk)
                    carried = chunk[-32:]
        total += size


def _check_ratio(entry: zipfile.ZipInfo, size: int) -> None:
    if size > _RATIO_COUNTS_FROM_BYTES and size > MOST_RATIO * entry.compress_size:
        raise _too_large(f"an entry unpacks to more than {MOST_RATIO} times its size")


def _check_no_doctype(chunk: bytes) -> None:
    if any(doctype in chunk for doctype in _DOCTYPES):
        raise corrupt("it declares a document type, which Word never does")


def _too_large(how: str) -> UnusableDocument:
    return UnusableDocument(
        "unpacks_too_large", f"The Word document is refused: {how}. Remove large embedded files or split it."
    )
