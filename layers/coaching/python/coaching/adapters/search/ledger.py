"""One creator's manifest, read and changed by many at once."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from coaching.adapters.search import manifest as manifests
from coaching.adapters.search.files import UNKNOWN, Storage
from coaching.adapters.search.manifest import Manifest
from coaching.errors import SearchUnavailable, StaleWrite
from coaching.vocabulary import CreatorId

CHANGE_SECONDS = 20.0
_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.5


class Ledger:
    """`folder` names the creator's place in the storage."""

    def __init__(self, storage: Storage, folder: str, creator_id: CreatorId) -> None:
        self._storage, self._folder, self._creator_id = storage, folder, creator_id
        self._known = Manifest(creator_id), UNKNOWN

    def read(self) -> Manifest:
        """Raises: SearchUnavailable."""
        return self._read()[0]

    def change(self, step: Callable[[Manifest], Manifest]) -> Manifest:
        """Replace the manifest by what the step makes of it, and delete the files that are then in no use.

        The step is run again where another writer was faster, for up to 20 seconds. Raises: SearchUnavailable.
        """
        for pause in _pauses():
            before, tag = self._read()
            after = step(before)
            if after.entries == before.entries:
                self._delete(before.doomed, after)
                return after
            dropped = tuple(before.files.keys() - after.files.keys())
            try:
                after = replace(after, doomed=dropped)
                self._known = after, self._storage.replace(self._folder, manifests.written(after), tag)
            except StaleWrite:
                time.sleep(pause)
                continue
            self._storage.clear(self._folder, {*dropped, *before.doomed}, after.files)
            return after
        raise SearchUnavailable("Too many write this creator's passages at once; try again.")

    def discard(self, file: str, manifest: Manifest) -> None:
        """Delete a file that was added and never named."""
        self._delete((file,), manifest)

    def _delete(self, files: tuple[str, ...], manifest: Manifest) -> None:
        if files:
            self._storage.clear(self._folder, files, manifest.files)

    def _read(self) -> tuple[Manifest, str]:
        known = self._known
        stored = self._storage.read_changed(self._folder, known[1])
        if stored is not None:
            known = self._known = manifests.read(stored.data, self._creator_id), stored.tag
        return known


def _pauses() -> Iterator[float]:
    """Yield random waits, longer and longer, until the time for one change is over."""
    end, bound = time.monotonic() + CHANGE_SECONDS, _FIRST_PAUSE_SECONDS
    while time.monotonic() < end:
        yield random.uniform(0, bound)  # noqa: S311 - no secret
        bound = min(2 * bound, _LONGEST_PAUSE_SECONDS)
