"""An embedding model served by Ollama (protocol of 0.17: `POST /api/embed`): off unless a stage chooses it."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np
from pydantic import BaseModel, ConfigDict

from coaching.adapters.embedding.hosted import Purpose, beginning, nonsense, refuse, unit_vectors
from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.errors import EmbedderUnavailable, ModelUnavailable
from coaching.knowledge.ports import Embedder, TokenLimit, Vectors

BATCH: Final = 32
CONNECT_SECONDS: Final = 2.0
OVERLOADED: Final = 503


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What a model's authors say of it: its dimension and what stands before a query and before a passage.

    `window` is how many tokens it reads at once as Ollama runs it, the two that it puts around a text included.
    """

    dimension: int
    window: int
    query_prefix: str = ""
    passage_prefix: str = ""


MODELS: Final[Mapping[str, EmbeddingModel]] = {
    "nomic-embed-text": EmbeddingModel(768, 2048, "search_query: ", "search_document: "),
    "mxbai-embed-large": EmbeddingModel(1024, 512, "Represent this sentence for searching relevant passages: "),
    "all-minilm": EmbeddingModel(384, 256),
    "bge-m3": EmbeddingModel(1024, 4096),
}
"""By the names of Ollama's library, without the tag.

Source of the windows: a model's own length or, where it is less, `num_ctx` of its Modelfile or the server's default.
"""
AROUND: Final = 2


class _Answer(BaseModel):
    # A validation error would carry the answer into a log.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    embeddings: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class OllamaEmbedder(Embedder, TokenLimit):
    """Asks the Ollama at `base_url`. `name` is a name of `MODELS`, with or without a tag.

    A question has `query_seconds`, a batch of 32 passages `passage_seconds`. A connection that fails or a full queue is
    tried once more, after about `retry_pause` seconds. Of a question that is longer than the model's window the
    beginning counts. What no waiting mends (a passage that is too long after all, a model that is not there) is the
    end of a document's ingestion; a question is answered by words alone then.
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
        return self._known_for("query").dimension

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are surely read together.

        Which tokens the model makes is not known here, but none of fewer bytes than one. Raises: UnusableDocument.
        """
        known = self._known_for("passage")
        most = known.window - AROUND - len(known.passage_prefix.encode())
        return len(beginning(text, most))

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        known = self._known_for(purpose)
        prefix = known.query_prefix if purpose == "query" else known.passage_prefix
        vectors = np.zeros((len(texts), known.dimension), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [prefix + text for text in texts[start : start + BATCH]]
            try:
                vectors[start : start + BATCH] = self._vectors(batch, purpose)
            except ModelUnavailable as error:
                raise EmbedderUnavailable(error.message) from error
        return vectors

    def _known_for(self, purpose: Purpose) -> EmbeddingModel:
        known = MODELS.get(self.name.partition(":")[0])
        if known is None:
            refuse(f"{self.name} is not known here: choose one of {', '.join(MODELS)}, or add it to them.", purpose)
        return known

    def _vectors(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        seconds = self.query_seconds if purpose == "query" else self.passage_seconds
        countdown = Countdown(f"Ollama at {self.base_url}", seconds)
        request = {"model": self.name, "input": [_whole(text) for text in texts], "truncate": purpose == "query"}
        with self._asked_twice_at_most(json.dumps(request).encode(), countdown) as exchange:
            body = exchange.body()
            if exchange.status != 200:
                self._refuse_by(exchange.status, purpose)
        who = f"{self.name} at {self.base_url}"
        try:
            rows = _Answer.model_validate_json(body).embeddings
        except ValueError as error:
            raise nonsense(who, self.dimension) from error
        return unit_vectors(rows, len(texts), self.dimension, who)

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

    def _refuse_by(self, status: int, purpose: Purpose) -> NoReturn:
        match status:
            case 404:
                refuse(f"Ollama lacks {self.name}: run `ollama pull {self.name}`, then retry.", purpose)
            case 400:
                refuse(f"{self.name} cannot embed a passage: too long for it, or it is no embedder.", purpose)
            case _:
                raise EmbedderUnavailable(
                    f"{self.name} answered {status}: try again, then see the log of the Ollama server."
                )


def _whole(text: str) -> str:
    """Return the text without halves of surrogate pairs, which no encoding can carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
