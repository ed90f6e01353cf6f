"""MiniLM in this process: an int8 ONNX file, run by ONNX Runtime."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from coaching.adapters.embedding.minilm_tokens import MiniLMTokens, TokenIds, translated_errors
from coaching.adapters.embedding.onnx_model import batches, session_of
from coaching.adapters.once import Once
from coaching.knowledge.ports import Embedder, TokenEmbedder, Tokens, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding

MODEL: Final = "minilm-l6-v2-int8"
DIMENSION: Final = 384
MAX_BATCH_TEXTS: Final = 32
MAX_BATCH_TOKENS: Final = 512
"""Padding included. What the layers hand to each other then stays in the processor's cache."""

QUESTIONS_KEPT: Final = 32
"""Questions that are remembered: who asks a second time, or reads their tokens, gets what the first has found."""
SAME_MATTER: Final = 0.475
"""Set on the questions of `benchmarks.composer` over the demo creator's material."""


@dataclass(frozen=True, slots=True)
class _Question:
    vectors: Vectors
    tokens: Tokens


class MiniLMEmbedder(Embedder, TokenEmbedder):
    """all-MiniLM-L6-v2 from `folder`, which `python -m training.minilm_onnx` builds.

    The model reads 256 tokens at once. A longer text is embedded window by window, and its vector is the mean of
    theirs, each weighted by its tokens: nothing is cut off, although passages are better split (`MiniLMTokens`).
    The model is loaded at the first text, once for all threads. `threads` is how many cores one call uses.

    One run of the model gives a question's vector, for the search and for red flags, and its tokens, for the composer:
    whoever asks second, even at the same time, gets what the first has found.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder = folder
        self._threads = threads
        self._tokens = MiniLMTokens(folder)
        self._session = Once(self._load)
        self._questions: deque[tuple[str, _Question]] = deque(maxlen=QUESTIONS_KEPT)
        self._asked: dict[str, Lock] = {}
        self._guard = Lock()

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
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        session = self._session.get()
        if purpose == "query" and len(texts) == 1 and not (window := self._tokens.first_window(texts[0])).overflowing:
            return self._question(session, texts[0], window).vectors
        of_texts = [self._tokens.windows(text) for text in texts]
        windows = [window for of_text in of_texts for window in of_text]
        vectors = np.zeros((len(windows), DIMENSION), dtype=np.float32)
        with translated_errors(self._folder):
            for batch in _batches(windows):
                (vectors[batch],) = _run(session, [windows[row] for row in batch], "embedding")
        return vectors if len(windows) == len(texts) else _means(vectors, of_texts)

    @property
    def same_matter(self) -> float:
        return SAME_MATTER

    def embed_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the words and word pieces of each text's first window. Raises: EmbedderUnavailable."""
        if not texts:
            return []
        session = self._session.get()
        found = {text: question.tokens for text, question in self._questions.copy()}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        encoded = [self._tokens.first_window(text) for text in new]
        with translated_errors(self._folder):
            for batch in _batches([window.ids for window in encoded]):
                (rows,) = _run(session, [encoded[row].ids for row in batch], "tokens")
                for row, vectors in zip(batch, rows, strict=True):
                    found[new[row]] = _worded(new[row], encoded[row], vectors)
        return [found[text] for text in texts]

    def _question(self, session: "InferenceSession", text: str, window: "Encoding") -> "_Question":
        with self._guard:
            alone = self._asked.setdefault(text, Lock())
        with alone:
            known = next((question for asked, question in self._questions.copy() if asked == text), None)
            if known is None:
                with translated_errors(self._folder):
                    vectors, tokens = _run(session, [window.ids], "embedding", "tokens")
                known = _Question(vectors, _worded(text, window, tokens[0]))
                self._questions.append((text, known))
        with self._guard:
            self._asked.pop(text, None)
        return known

    def _load(self) -> "InferenceSession":
        with translated_errors(self._folder):
            # The graph is as it should run: more optimisation would fuse its normalisation into a slower operation.
            return session_of(self._folder, threads=self._threads, as_it_is=True)


def _batches(tokens: Sequence[TokenIds]) -> Iterator[list[int]]:
    return batches([len(each) for each in tokens], most_tokens=MAX_BATCH_TOKENS, most_texts=MAX_BATCH_TEXTS)


def _run(
    session: "InferenceSession", batch: Sequence[TokenIds], *outputs: Literal["embedding", "tokens"]
) -> list[Vectors]:
    shape = len(batch), max(len(tokens) for tokens in batch)
    ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    result: list[NDArray[np.float32]] = session.run(outputs, {"input_ids": ids, "attention_mask": mask})
    return result


def _worded(text: str, window: "Encoding", vectors: Vectors) -> Tokens:
    """Return those tokens of a window that have a letter or a digit; special ones stand nowhere."""
    kept = [at for at, (start, end) in enumerate(window.offsets) if any(map(str.isalnum, text[start:end]))]
    spans = np.array(window.offsets, np.int32)[kept].reshape(-1, 2)
    return Tokens(vectors[kept].astype(np.float16), spans[:, 0], spans[:, 1])


def _means(vectors: Vectors, of_texts: Sequence[Sequence[TokenIds]]) -> Vectors:
    """Return one row of length 1 per text, the mean of its windows' rows weighted by their tokens."""
    weights = np.array([len(window) for windows in of_texts for window in windows], dtype=np.float32)
    firsts = np.cumsum([0, *(len(windows) for windows in of_texts[:-1])])
    sums: Vectors = np.add.reduceat(vectors * weights[:, None], firsts, axis=0)
    means: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return means
