"""Where creators' manifests and segments are kept: the one thing in which a folder and a bucket differ.

`creator` is always a folder's name, not an id.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NEVER_WRITTEN = ""
"""The tag of a manifest that is not there yet."""
UNKNOWN = "?"
"""No manifest's tag."""
ABANDONED_AFTER_SECONDS = 3_600
"""No writer works on one change for so long."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A manifest's bytes, None before the first write. `tag` differs from that of every other state."""

    data: bytes | None
    tag: str


class Manifests(Protocol):
    """One manifest per creator, replaced whole."""

    def read_changed(self, creator: str, known: str) -> Stored | None:
        """Return the manifest; None where it is still the one with the `known` tag."""

    def replace(self, creator: str, data: bytes, tag: str) -> str:
        """Put another in the place of the one with this tag, and return its own.

        Raises: StaleWrite where that is no longer there.
        """


class SegmentFiles(Protocol):
    """Files per creator that are never changed; no name is used twice."""

    def add(self, creator: str, name: str, data: bytes) -> None: ...

    def paths(self, creator: str, names: Sequence[str]) -> list[Path]:
        """Return where the files lie on this machine, in order. Raises: FileNotFoundError."""

    def clear(self, creator: str, dropped: Collection[str], named: Collection[str]) -> None:
        """Delete the dropped files, and whatever the manifest does not name and no writer can still be working on."""


class Storage(Manifests, SegmentFiles, Protocol):
    """Every method raises SearchUnavailable where nothing can be read or written."""
