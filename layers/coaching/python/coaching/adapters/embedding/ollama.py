"""An embedding model served by Ollama (protocol of 0.17: `POST /api/embed`): off unless a stage chooses it."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.errors import EmbedderUnavailable, ModelUnavailable
from coaching.knowledge.ports import Embedder, Vectors

BATCH: Final = 32
CONNECT_SECONDS: Final = 2.0
OVERLOADED: Final = 503


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What a model's authors say of it: its dimension and what stands before a query and before a passage."""

    dimension: int
    query_prefix: str = ""
    passage_prefix: str = ""


MODELS: Final[Mapping[str, EmbeddingModel]] = {
    "nomic-embed-text": EmbeddingModel(768, "search_query: ", "search_document: "),
    "mxbai-embed-large": EmbeddingModel(1024, "Represent this sentence for searching relevant passages: "),
    "all-minilm": EmbeddingModel(384),
    "bge-m3": EmbeddingModel(1024),
}
"""By the names of Ollama's library, without the tag."""


class _Answer(BaseModel):
    # A validation error would carry the answer into a log.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    embeddings: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class OllamaEmbedder(Embedder):
    """Asks the Ollama at `base_url`. `name` is a name of `MODELS`, with or without a tag.

    A question has `query_seconds`, a batch of 32 passages `passage_seconds`. A connection that fails or a full queue is
    tried once more, after about `retry_pause` seconds. A passage that is longer than the model's window is an error; of
    a question the beginning counts.
    """

    base_url: str
    name: str = "nomic-embed-text"
    query_seconds: float = 5.0
    passage_seconds: float = 120.0
    retry_pause: float = 0.2

    @property
    def model(self) -> str:
        return f"ollama-{self.name}"

    @property
    def dimension(self) -> int:
        return self._known.dimension

    def embed(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        known = self._known
        prefix = known.query_prefix if purpose == "query" else known.passage_prefix
        vectors = np.zeros((len(texts), known.dimension), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [prefix + text for text in texts[start : start + BATCH]]
            try:
                vectors[start : start + BATCH] = self._vectors(batch, purpose)
            except ModelUnavailable as error:
                raise EmbedderUnavailable(error.message) from error
        return vectors

    @property
    def _known(self) -> EmbeddingModel:
        try:
            return MODELS[self.name.partition(":")[0]]
        except KeyError:
            raise EmbedderUnavailable(
                f"{self.name} is not known here: choose one of {', '.join(MODELS)}, or add it to them."
            ) from None

    def _vectors(self, texts: Sequence[str], purpose: Literal["passage", "query"]) -> Vectors:
        seconds = self.query_seconds if purpose == "query" else self.passage_seconds
        countdown = Countdown(f"Ollama at {self.base_url}", seconds)
        request = {"model": self.name, "input": [_whole(text) for text in texts], "truncate": purpose == "query"}
        with self._asked_twice_at_most(json.dumps(request).encode(), countdown) as exchange:
            body = exchange.body()
            if exchange.status != 200:
                raise self._refusal(exchange.status)
        try:
            vectors = np.array(_Answer.model_validate_json(body).embeddings, np.float32)
        except ValueError as error:
            raise self._nonsense() from error
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.shape != (len(texts), self.dimension) or not (np.isfinite(lengths) & (lengths > 0)).all():
            raise self._nonsense()
        vectors /= lengths
        return vectors

    def _asked_twice_at_most(self, body: bytes, countdown: Countdown) -> HttpExchange:
        try:
            exchange = self._asked(body, countdown)
            if exchange.status != OVERLOADED:
                return exchange
            exchange.close()
        except ModelUnavailable as error:
            if error.code != "unreachable":
                raise
        pause = self.retry_pause * secrets.SystemRandom().uniform(0.5, 1.5)
        time.sleep(min(pause, countdown.remaining()))
        return self._asked(body, countdown)

    def _asked(self, body: bytes, countdown: Countdown) -> HttpExchange:
        url = f"{self.base_url.rstrip('/')}/api/embed"
        left = countdown.remaining()
        return open_exchange("POST", url, body, countdown, connect=min(CONNECT_SECONDS, left), first_token=left)

    def _refusal(self, status: int) -> EmbedderUnavailable:
        match status:
            case 404:
                return EmbedderUnavailable(f"Ollama lacks {self.name}: run `ollama pull {self.name}`.")
            case 400:
                return EmbedderUnavailable(
                    f"{self.name} cannot embed a passage: too long for it, or it is no embedder."
                )
            case _:
                return EmbedderUnavailable(
                    f"{self.name} answered {status}: try again, then see the log of the Ollama server."
                )

    def _nonsense(self) -> EmbedderUnavailable:
        return EmbedderUnavailable(
            f"What answers at {self.base_url} for {self.name} gives no vectors of {self.dimension} numbers."
        )


def _whole(text: str) -> str:
    """Return the text without halves of surrogate pairs, which no encoding can carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
