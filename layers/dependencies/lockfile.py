"""Lock files as uv writes them: `name==version ; marker \\` with its hashes below."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(\[[^\]]*\])?==(?P<version>[^ ;\\]+)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One pinned package: `text` is its entry in the lock file, marker and hashes included."""

    name: str
    version: str
    text: str


def requirements(lock: str) -> tuple[Requirement, ...]:
    """Return the entries of a lock file in its order; one package has several where markers choose its version."""
    found: list[Requirement] = []
    for entry in re.split(r"\n(?=[A-Za-z0-9])", lock):
        pinned = _PINNED.match(entry)
        if pinned:
            found.append(Requirement(normalised(pinned["name"]), pinned["version"], entry.rstrip() + "\n"))
    return tuple(found)


def without(lock: str, names: Collection[str]) -> str:
    """Return the lock file's text without the named packages."""
    return "".join(entry.text for entry in requirements(lock) if entry.name not in names)


def normalised(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
