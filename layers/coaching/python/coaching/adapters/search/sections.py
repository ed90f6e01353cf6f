"""Named arrays in one file, which is mapped into memory where it is long: opening it costs the same however long it is.

Eight bytes say what it is, eight how long the head is; then the head as JSON, and the arrays, each at a multiple of 64
bytes. A file is written once and never changed.
"""

import json
import math
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coaching.errors import SearchUnavailable

Arrays = Mapping[str, NDArray[Any]]
_MAGIC = b"PASSAGES"
_ALIGNMENT = 64
_PREFIX = len(_MAGIC) + 8
_READ_AT_ONCE = 1024 * 1024


def packed(facts: Mapping[str, Any], arrays: Arrays) -> bytes:
    """Return a file's bytes: facts that JSON can hold, and arrays of one or two dimensions."""
    layout, parts, offset = [], [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        layout.append([name, data.dtype.str, data.shape, offset])
        padding = -data.nbytes % _ALIGNMENT
        parts += [data.tobytes(), bytes(padding)]
        offset += data.nbytes + padding
    head = json.dumps({"facts": facts, "layout": layout, "bytes": offset}, separators=(",", ":")).encode()
    head += b" " * (-(_PREFIX + len(head)) % _ALIGNMENT)
    return b"".join([_MAGIC, len(head).to_bytes(8, "little"), head, *parts])


def opened(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a file's facts and arrays; they stay readable when the file is deleted.

    Raises: FileNotFoundError; SearchUnavailable for one that is cut off or something else.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        # A mapping holds a file descriptor, of which a process has a thousand.
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size > _READ_AT_ONCE else file.read()
    if data[: len(_MAGIC)] != _MAGIC:
        raise _damaged()
    start = _PREFIX + int.from_bytes(data[len(_MAGIC) : _PREFIX], "little")
    try:
        head = json.loads(data[_PREFIX:start])
    except ValueError:
        raise _damaged() from None
    if len(data) < start + head["bytes"]:
        raise _damaged()
    view = memoryview(data)
    return head["facts"], {
        name: np.frombuffer(view, dtype, math.prod(shape), start + offset).reshape(shape)
        for name, dtype, shape, offset in head["layout"]
    }


def smallest(values: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Return the same numbers, none negative, in the smallest type that has room for them."""
    highest = int(values.max()) if values.size else 0
    return values.astype(np.min_scalar_type(highest))


def _damaged() -> SearchUnavailable:
    return SearchUnavailable("A file of this creator's passages is damaged: ingest the documents again.")
