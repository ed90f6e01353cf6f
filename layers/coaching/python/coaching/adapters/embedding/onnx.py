"""An embedding model of your own in this process, such as bge-small or gte-small: off unless a stage chooses it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from coaching.adapters.embedding.onnx_model import Floats, Mask, OnnxModel, load, reach
from coaching.adapters.once import Once
from coaching.errors import EmbedderUnavailable
from coaching.knowledge.ports import Embedder, TokenLimit, Vectors


class EmbedderCard(BaseModel):
    """`embedder.json` beside the model: what its authors say of it.

    `model` names the vector space and is stored with every passage: change it with anything that changes a vector.
    For bge-small-en-v1.5: 384 dimensions, `cls`, 512 tokens and the query prefix "Represent this sentence for searching
    relevant passages: ". For gte-small: 384, `mean`, 512, no prefixes. For the e5 family: `mean`, "query: " and
    "passage: ".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    dimension: Annotated[int, Field(ge=1, le=4_096)]
    pooling: Literal["cls", "mean"]
    """Which of the graph's token vectors are the text's. A graph that gives one vector a text is taken at its word."""
    max_tokens: Annotated[int, Field(ge=8, le=8_192)] = 512
    query_prefix: str = ""
    passage_prefix: str = ""


class OnnxEmbedder(Embedder, TokenLimit):
    """Runs the ONNX export of a sentence embedder in `folder`: `model.onnx`, `tokenizer.json`, `embedder.json`.

    All is loaded when first needed, once for all threads. `threads` is how many cores one call uses.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self._folder = folder
        self._threads = threads
        self._parts = Once(self._load)

    @property
    def model(self) -> str:
        return self._parts.get()[0].model

    @property
    def dimension(self) -> int:
        return self._parts.get()[0].dimension

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        card, model = self._parts.get()
        prefix = card.query_prefix if purpose == "query" else card.passage_prefix
        vectors = np.zeros((len(texts), card.dimension), np.float32)
        with self._translated_errors():
            for rows, output, mask in model.outputs([prefix + text for text in texts]):
                vectors[rows] = _pooled(output, mask, card.pooling)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def reach(self, text: str) -> int:
        card, model = self._parts.get()
        with self._translated_errors():
            within = reach(model.tokenizer.encode(card.passage_prefix + text), card.passage_prefix + text)
        return max(0, within - len(card.passage_prefix))

    def _load(self) -> tuple[EmbedderCard, OnnxModel]:
        with self._translated_errors():
            card = EmbedderCard.model_validate_json((self._folder / "embedder.json").read_bytes())
            return card, load(self._folder, max_tokens=card.max_tokens, threads=self._threads)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # The libraries raise bare Exceptions of their own.
            raise EmbedderUnavailable(
                f"The embedding model in {self._folder} cannot be used: "
                "it needs model.onnx, tokenizer.json and an embedder.json that fits them."
            ) from error


def _pooled(output: Floats, mask: Mask, pooling: Literal["cls", "mean"]) -> Floats:
    """Return one row per text of (texts, width), or of (texts, tokens, width)."""
    if output.ndim == 2:
        return output
    if pooling == "cls":
        return output[:, 0]
    kept = mask[:, :, None].astype(np.float32)
    mean: Floats = (output * kept).sum(axis=1) / kept.sum(axis=1)
    return mean
