"""Looks through a zip before anybody opens it: what it would unpack to is bounded, and every entry is whole."""

import io
import zipfile
import zlib
from dataclasses import dataclass

from coaching.errors import UnusableDocument

MOST_ENTRIES = 5_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_RATIO = 100
_RATIO_COUNTS_FROM_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_ZIP_MARK = b"PK"
_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED_FLAG = 1
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_XML_SUFFIXES = (".xml", ".rels")


def require_harmless(data: bytes, called: str, *, doctypes: bool = False) -> frozenset[str]:
    """Return the names of an archive's entries. `called` names the file in a sentence.

    Raises: UnusableDocument(unpacks_too_large), (encrypted), or (corrupt), also for XML with a document type unless
    `doctypes`: Office writes none, and its entities could expand without bound.
    """
    if not data.startswith(_ZIP_MARK):
        raise corrupt(called, "it does not begin as one")
    check = _Check(called, doctypes=doctypes)
    # Counted before the directory is read, because reading a huge one takes the memory that is to be saved.
    if data.count(_ENTRY_MARK) > MOST_ENTRIES:
        raise check.too_large(f"it has more than {MOST_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            check.directory(entries)
            check.contents(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise corrupt(called, "its packed contents cannot be read") from error
    return frozenset(entry.filename for entry in entries)


def corrupt(called: str, how: str) -> UnusableDocument:
    return UnusableDocument("corrupt", f"The file, {called}, is damaged: {how}. Save it anew and upload it again.")


def wrong_type(called: str, found: str) -> UnusableDocument:
    return UnusableDocument(
        "wrong_type",
        f"The file was announced as {called} but is {found}. Save it in the announced format and upload it again.",
    )


@dataclass(frozen=True, slots=True)
class _Check:
    called: str
    doctypes: bool

    def directory(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MOST_ENTRIES:
            raise self.too_large(f"it has more than {MOST_ENTRIES:,} entries")
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
            raise self._unpacks_to_too_much()
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED_FLAG:
                raise UnusableDocument(
                    "encrypted", "The document is protected by a password. Remove it and upload again."
                )
            self._ratio(entry, entry.file_size)

    def contents(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
        """Unpack once without keeping anything: the directory may lie about sizes."""
        total = 0
        for entry in entries:
            size = 0
            carried = b""
            with archive.open(entry) as contents:
                while chunk := contents.read(_CHUNK_BYTES):
                    size += len(chunk)
                    self._ratio(entry, size)
                    if total + size > MOST_UNPACKED_BYTES:
                        raise self._unpacks_to_too_much()
                    if not self.doctypes and entry.filename.lower().endswith(_XML_SUFFIXES):
                        self._no_doctype(carried + chunk)
                        carried = chunk[-32:]
            total += size

    def too_large(self, how: str) -> UnusableDocument:
        return UnusableDocument(
            "unpacks_too_large",
            f"The file, {self.called}, is refused: {how}. Remove large embedded files or split it.",
        )

    def _unpacks_to_too_much(self) -> UnusableDocument:
        return self.too_large(f"it unpacks to more than {MOST_UNPACKED_BYTES // 1024**2} MB")

    def _ratio(self, entry: zipfile.ZipInfo, size: int) -> None:
        if size > _RATIO_COUNTS_FROM_BYTES and size > MOST_RATIO * entry.compress_size:
            raise self.too_large(f"an entry unpacks to more than {MOST_RATIO} times its size")

    def _no_doctype(self, chunk: bytes) -> None:
        if any(doctype in chunk for doctype in _DOCTYPES):
            raise corrupt(self.called, "it declares a document type, which Office never does")
