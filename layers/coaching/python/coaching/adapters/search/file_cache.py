"""Files of elsewhere, kept in a folder of bounded size."""

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path


class FileCache:
    """Holds files that never change. Those used longest ago go first; a deleted file stays readable where it is open.

    What is removed elsewhere may lie here until it goes: nothing that is found leads to it.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder, self._limit_bytes = folder, limit_bytes

    def get(self, name: str, fetch: Callable[[], Iterable[bytes]]) -> Path:
        """Return the file, fetched first where it is not here."""
        path = self._folder / name
        try:
            os.utime(path)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Another thread may be fetching the same: the last to finish wins with the same bytes.
            unfinished = path.with_name(f"{name}.{os.getpid()}-{threading.get_ident()}")
            try:
                with unfinished.open("wb") as file:
                    file.writelines(fetch())
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
        return path

    def evict(self, kept: Collection[Path]) -> None:
        """Delete the files used longest ago, save those to be kept, until the folder is within its limit."""
        seen = list(self._files())
        held = sum(facts.st_size for facts, _ in seen)
        for facts, path in sorted(seen, key=lambda each: each[0].st_mtime_ns):
            if held <= self._limit_bytes:
                return
            if path not in kept:
                path.unlink(missing_ok=True)
                held -= facts.st_size

    def _files(self) -> Iterator[tuple[os.stat_result, Path]]:
        if not self._folder.exists():
            return
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another thread deleted or renamed it
                    yield entry.stat(), Path(entry)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
