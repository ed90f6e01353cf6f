"""A cross-encoder of your own in this process, such as ms-marco-MiniLM: off unless a stage names its folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from coaching.adapters.embedding.onnx_model import Floats, OnnxModel, load
from coaching.adapters.once import Once
from coaching.errors import ModelUnavailable
from coaching.knowledge.ports import Reranker

MAX_TOKENS: Final = 512


class OnnxReranker(Reranker):
    """Runs the ONNX export of a cross-encoder in `folder`: `model.onnx` and `tokenizer.json`.

    The graph gives one logit a pair; a score is its logistic function. The model is loaded at the first question, once
    for all threads. `threads` is how many cores one call uses.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder = folder
        self._model = Once[OnnxModel](lambda: load(folder, max_tokens=MAX_TOKENS, threads=threads))

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        found = np.zeros(len(texts), np.float32)
        with self._translated_errors():
            for rows, logits, _ in self._model.get().outputs([(query, text) for text in texts]):
                found[rows] = _shares(logits.reshape(len(rows), -1))
        return [float(score) for score in found]

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # The libraries raise bare Exceptions of their own.
            raise ModelUnavailable(
                f"The reranker in {self._folder} cannot be used: it needs model.onnx, with one output a pair, and "
                "tokenizer.json."
            ) from error


def _shares(logits: Floats) -> Floats:
    """Return the logistic function of one column. Raises: ValueError for more than one."""
    if logits.shape[1] != 1:
        raise ValueError("a cross-encoder with one output is needed")
    shares: Floats = 1 / (1 + np.exp(-logits[:, 0].clip(-60, 60)))
    return shares
