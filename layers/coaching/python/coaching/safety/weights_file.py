"""Trained weights as one file: plain arrays, a card that says what they are, a checksum, and no code in it."""

import io
import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from coaching.errors import Unavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

_CARD: Final = "card"


class WeightsDamaged(Unavailable):
    """A file with weights is missing, damaged or made for other code."""

    code = "weights_unusable"


def packed(card: Mapping[str, Any], arrays: "Arrays") -> bytes:
    """Return the file; the same card and arrays give the same bytes."""
    import numpy as np

    told = json.dumps({**card, "sha256": _checksum(arrays)}, sort_keys=True).encode()
    stored = io.BytesIO()
    np.savez_compressed(stored, allow_pickle=False, **arrays, **{_CARD: np.frombuffer(told, dtype=np.uint8)})
    return stored.getvalue()


def unpacked(data: bytes, file_format: int) -> "tuple[Mapping[str, Any], Arrays]":
    """Return card and arrays. Raises: WeightsDamaged where anything is missing, changed or of another format."""
    import numpy as np

    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        card = json.loads(arrays.pop(_CARD).tobytes())
        whole = card["format"] == file_format and card["sha256"] == _checksum(arrays)
    except (BadZipFile, OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, zlib.error) as error:
        raise WeightsDamaged("A file with weights is damaged. Make it again by its training.") from error
    if not whole:
        raise WeightsDamaged("A file with weights is not what its training wrote. Make it again.")
    return card, arrays


def _checksum(arrays: "Arrays") -> str:
    summed = sha256()
    for name in sorted(arrays):
        summed.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
        summed.update(arrays[name].tobytes())
    return summed.hexdigest()
