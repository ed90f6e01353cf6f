"""Which files of a creator become one: many small ones, and those that hold what nobody may find any more."""

from collections import defaultdict

from coaching.adapters.search.manifest import Manifest, Space

TOGETHER = 16
"""Files of about the same size that are merged: each passage is written again once per power of this."""
LARGE = 4_096
"""Rows of a file that is merged no further: the deletion of a document writes at most sixteen times as many anew."""


def next_merge(manifest: Manifest) -> tuple[str, ...]:
    """Return the files that are to be replaced by one next, none when all is well."""
    if spoiled := spoiled_files(manifest):
        return spoiled[:1]
    waiting = {entry.file for entry in manifest.entries if not entry.published}
    spaces: dict[str, Space] = {entry.file: entry.space for entry in manifest.entries}
    alike: defaultdict[tuple[Space, int], list[str]] = defaultdict(list)
    for file, rows in manifest.files.items():
        if file not in waiting and rows < LARGE:
            group = alike[spaces[file], _size_class(rows)]
            group.append(file)
            if len(group) == TOGETHER:
                return tuple(group)
    return ()


def spoiled_files(manifest: Manifest) -> tuple[str, ...]:
    """Return the files with rows that belong to no entry."""
    wanted = manifest.wanted()
    return tuple(file for file, rows in manifest.files.items() if wanted[file] < rows)


def _size_class(rows: int) -> int:
    """Return how often the rows can be divided by 16."""
    return (rows.bit_length() - 1) // 4
