"""Vectors kept on disk by what was embedded, so that a text is embedded once."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Literal
from zlib import crc32

import numpy as np

from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Embedder, Vector, Vectors

CHECKSUM_BYTES: Final = 4
STORED: Final = np.dtype("<f4")


class CachedEmbedder(Embedder):
    """`embedder` with its vectors kept in `folder`, one file per text, named by SHA-256 of model, purpose and text.

    A file appears whole or not at all, so any number of processes may share the folder; a damaged one is made anew.
    Nothing is ever removed: the folder may be deleted at any time.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        """Return one row per text, in order; only texts not seen before reach the embedder.

        Raises: EmbedderUnavailable, also when the folder cannot be written.
        """
        files = [self._file(text, purpose) for text in texts]
        vectors = self._stored(files)
        new = {file: text for file, text in zip(files, texts, strict=True) if file not in vectors}
        made = self._embedder.embed(list(new.values()), purpose)
        for file, vector in zip(new, made, strict=True):
            self._store(file, vector)
            vectors[file] = vector
        rows = [vectors[file] for file in files]
        return np.stack(rows) if rows else made

    def _file(self, text: str, purpose: str) -> Path:
        named = f"{self.model}\0{purpose}\0{text}".encode("utf-8", errors="surrogatepass")
        name = sha256(named).hexdigest()
        return self._folder / name[:2] / name[2:]

    def _stored(self, files: Iterable[Path]) -> dict[Path, Vector]:
        found: dict[Path, Vector] = {}
        for file in files:
            # What cannot be read is embedded again.
            with suppress(OSError, ValueError):
                found[file] = _unpacked(file.read_bytes(), self.dimension)
        return found

    def _store(self, file: Path, vector: Vector) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=file.parent, delete=False) as temporary:
                temporary.write(_packed(vector))
            os.replace(temporary.name, file)
        except OSError as error:
            raise EmbedderUnavailable(
                f"Vectors cannot be kept in {self._folder}. Free space there or choose another folder."
            ) from error


def _packed(vector: Vector) -> bytes:
    values = vector.astype(STORED).tobytes()
    return crc32(values).to_bytes(CHECKSUM_BYTES, "little") + values


def _unpacked(data: bytes, dimension: int) -> Vector:
    """Raises: ValueError for data that is not what was packed."""
    checksum, values = data[:CHECKSUM_BYTES], data[CHECKSUM_BYTES:]
    if len(values) != dimension * STORED.itemsize or crc32(values).to_bytes(CHECKSUM_BYTES, "little") != checksum:
        raise ValueError("not a stored vector")
    return np.frombuffer(values, dtype=STORED).astype(np.float32)
