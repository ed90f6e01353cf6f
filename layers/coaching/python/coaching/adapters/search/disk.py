"""Creators' passages in folders of this machine, which its processes may share.

A manifest is never overwritten. Its next state is a file with the next number, which only one writer can make; the
earlier ones are deleted, the lowest number first. Whoever finds a number and not the one after it has the last state.
"""

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from coaching.adapters.search.files import ABANDONED_AFTER_SECONDS, NEVER_WRITTEN, UNKNOWN, Storage, Stored
from coaching.errors import SearchUnavailable, StaleWrite
from coaching.vocabulary import new_ulid

_MANIFEST = "manifest-"
_READ_ATTEMPTS = 100


class DiskStorage(Storage):
    """A manifest's tag is its number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_changed(self, creator: str, known: str) -> Stored | None:
        folder = self._folder / creator
        with _translated_errors():
            if known not in {NEVER_WRITTEN, UNKNOWN} and _is_last(folder, int(known)):
                return None
            for _ in range(_READ_ATTEMPTS):
                numbers = _numbers(folder)
                tag = str(numbers[-1]) if numbers else NEVER_WRITTEN
                if tag == known:
                    return None
                if not numbers:
                    return Stored(None, tag)
                try:
                    return Stored(_manifest(folder, numbers[-1]).read_bytes(), tag)
                except FileNotFoundError:  # a writer made the next one meanwhile
                    continue
        raise SearchUnavailable("This creator's passages change too fast to be read; try again.")

    def replace(self, creator: str, data: bytes, tag: str) -> str:
        """Readers see the old manifest or the new one, whole, also when this process is killed."""
        folder, number = self._folder / creator, int(tag or 0) + 1
        with _translated_errors():
            folder.mkdir(parents=True, exist_ok=True)
            new = folder / f"{new_ulid()}.new"
            new.write_bytes(data)
            try:
                os.link(new, _manifest(folder, number))
            except FileExistsError:
                raise StaleWrite("Another writer changed this creator's passages first.") from None
            finally:
                new.unlink()
            others = _numbers(folder)
            if others[-1] > number:  # the one that we knew was gone already
                _manifest(folder, number).unlink(missing_ok=True)
                raise StaleWrite("Other writers changed this creator's passages first.")
            for older in others[: others.index(number)]:
                _manifest(folder, older).unlink(missing_ok=True)
        return str(number)

    def add(self, creator: str, name: str, data: bytes) -> None:
        with _translated_errors():
            folder = self._folder / creator
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)

    def paths(self, creator: str, names: Sequence[str]) -> list[Path]:
        return [self._folder / creator / name for name in names]

    def clear(self, creator: str, dropped: Collection[str], named: Collection[str]) -> None:
        with _translated_errors(), os.scandir(self._folder / creator) as entries:
            for found in entries:
                left = found.name not in named and not found.name.startswith(_MANIFEST)
                if found.name in dropped or (left and _is_abandoned(found)):
                    Path(found).unlink(missing_ok=True)


def _manifest(folder: Path, number: int) -> Path:
    return folder / _name(number)


def _name(number: int) -> str:
    return f"{_MANIFEST}{number:012}.json"


def _numbers(folder: Path) -> list[int]:
    """Return the numbers of the manifests that are there, in order."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(int(name.removeprefix(_MANIFEST)[:12]) for name in names if name.startswith(_MANIFEST))


def _is_last(folder: Path, number: int) -> bool:
    # Asked at every query: joined as texts, which takes a third of the time.
    start = f"{folder}{os.sep}"
    return os.path.exists(start + _name(number)) and not os.path.exists(start + _name(number + 1))


def _is_abandoned(found: "os.DirEntry[str]") -> bool:
    try:
        return found.stat().st_mtime < time.time() - ABANDONED_AFTER_SECONDS
    except FileNotFoundError:  # another writer deleted it
        return False


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SearchUnavailable("The folder of passages cannot be read or written.") from error
