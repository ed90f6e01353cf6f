"""MiniLM in this process: an int8 ONNX file, run by ONNX Runtime."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Embedder, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL: Final = "minilm-l6-v2-int8"
DIMENSION: Final = 384
MAX_BATCH_TEXTS: Final = 32
MAX_BATCH_TOKENS: Final = 2_048
"""Padding included. Larger batches cost memory and were not faster."""

TokenIds = list[int]


class MiniLMEmbedder(Embedder):
    """all-MiniLM-L6-v2 from `folder`, which `python -m training.minilm_onnx` builds.

    A text counts up to its 256th token. The model is loaded at the first text, once for all threads.
    `threads` is how many cores one call uses.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder = folder
        self._threads = threads
        self._loading = Lock()
        self._encoder: _Encoder | None = None

    @property
    def model(self) -> str:
        return MODEL

    @property
    def dimension(self) -> int:
        return DIMENSION

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        """Return one row per text, in order. MiniLM makes no difference between purposes.

        Raises: EmbedderUnavailable when the folder holds no usable model.
        """
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        if not texts:
            return vectors
        encoder = self._loaded()
        with _translated_errors(self._folder):
            tokens = [encoder.token_ids(text) for text in texts]
            for batch in _batches(tokens):
                vectors[batch] = encoder.vectors([tokens[row] for row in batch])
        return vectors

    def _loaded(self) -> "_Encoder":
        with self._loading:
            if self._encoder is None:
                self._encoder = _load(self._folder, self._threads)
            return self._encoder


@dataclass(frozen=True, slots=True)
class _Encoder:
    tokenizer: "Tokenizer"
    session: "InferenceSession"

    def token_ids(self, text: str) -> TokenIds:
        # Half of a surrogate pair is no text to the tokenizer.
        readable = text.encode("utf-8", errors="replace").decode("utf-8")
        ids: TokenIds = self.tokenizer.encode(readable).ids
        return ids

    def vectors(self, batch: Sequence[TokenIds]) -> Vectors:
        shape = len(batch), max(len(tokens) for tokens in batch)
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        result: list[NDArray[np.float32]] = self.session.run(None, {"input_ids": ids, "attention_mask": mask})
        return result[0]


def _batches(tokens: Sequence[TokenIds]) -> Iterator[list[int]]:
    """Yield the texts' indices, shortest first, so that texts of like length share a batch and little is padding."""
    batch: list[int] = []
    for row in sorted(range(len(tokens)), key=lambda row: len(tokens[row])):
        full = len(batch) == MAX_BATCH_TEXTS or (len(batch) + 1) * len(tokens[row]) > MAX_BATCH_TOKENS
        if batch and full:
            yield batch
            batch = []
        batch.append(row)
    yield batch


def _load(folder: Path, threads: int) -> _Encoder:
    # Importing ONNX Runtime takes a quarter of a second, which only a process that embeds should pay.
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with _translated_errors(folder):
        session = InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        return _Encoder(Tokenizer.from_file(str(folder / "tokenizer.json")), session)


@contextmanager
def _translated_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # Both libraries raise bare Exceptions of their own.
        raise EmbedderUnavailable(
            f"The MiniLM model in {folder} is missing or damaged. "
            f"Remove that folder and build it with: python -m training.minilm_onnx {folder}"
        ) from error
