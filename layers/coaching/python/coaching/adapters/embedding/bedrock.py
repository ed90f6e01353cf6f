"""An embedding model on Amazon Bedrock, of Amazon's Titan or of Cohere's kind: off unless a stage chooses it.

Source of the shapes and limits: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
and https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html.
"""

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
from pydantic import Field

from coaching.adapters.embedding.hosted import Purpose, beginning, nonsense, refuse, translated, unit_vectors
from coaching.adapters.llm.bedrock_client import BedrockClient, Waits
from coaching.adapters.llm.bedrock_failures import classed_errors
from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.knowledge.ports import Embedder, TokenLimit, Vectors
from coaching.models.failures import PASSING

CONNECT_SECONDS: Final = 2.0
AT_ONCE: Final = 4
"""Requests under way at a time. Titan takes one text in each, so a document of many passages would crawl."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """`window` is how many tokens a text may have, `batch` how many texts one request takes."""

    maker: Literal["titan", "cohere"]
    dimension: int
    window: int
    batch: int


MODELS: Final[Mapping[str, EmbeddingModel]] = {
    "amazon.titan-embed-text-v2:0": EmbeddingModel("titan", 1024, 8_192, 1),
    "cohere.embed-english-v3": EmbeddingModel("cohere", 1024, 512, 96),
    "cohere.embed-multilingual-v3": EmbeddingModel("cohere", 1024, 512, 96),
}


class _Titan(Payload):
    embedding: tuple[float, ...]


class _Floats(Payload):
    rows: tuple[tuple[float, ...], ...] = Field(alias="float")


class _Cohere(Payload):
    embeddings: _Floats


class BedrockEmbedder(Embedder, TokenLimit):
    """Asks Bedrock's InvokeModel. `name` is a name of `MODELS`.

    A question has `query_seconds`, a request with passages `passage_seconds`. What may pass by itself is tried once
    more, after about `retry_pause` seconds or those that the server asks for. Of a question that is longer than the
    model's window the beginning counts. What no waiting mends is the end of a document's ingestion; a question is
    answered by words alone then.
    """

    def __init__(
        self,
        client: BedrockClient,
        name: str = "amazon.titan-embed-text-v2:0",
        *,
        query_seconds: float = 5.0,
        passage_seconds: float = 60.0,
        retry_pause: float = 0.5,
    ) -> None:
        self._client = client
        self._name = name
        self._seconds = {"query": query_seconds, "passage": passage_seconds}
        self._retry_pause = retry_pause

    @property
    def model(self) -> str:
        return f"bedrock-{self._name}"

    @property
    def dimension(self) -> int:
        return self._known_for("query").dimension

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are surely read together: no token has less than a byte."""
        return len(beginning(text, self._known_for("passage").window))

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        known = self._known_for(purpose)
        sendable = [_sendable(text, known, purpose) for text in texts]
        batches = [sendable[start : start + known.batch] for start in range(0, len(texts), known.batch)]
        ask = partial(self._asked_twice_at_most, known, purpose)
        try:
            rows = [row for vectors in _at_once(ask, batches) for row in vectors]
        except ModelUnavailable as error:
            raise translated(error, purpose) from error
        return np.array(rows, np.float32).reshape(len(texts), known.dimension)

    def _known_for(self, purpose: Purpose) -> EmbeddingModel:
        known = MODELS.get(self._name)
        if known is None:
            refuse(f"{self._name} is not known here: choose one of {', '.join(MODELS)}.", purpose)
        return known

    def _asked_twice_at_most(self, known: EmbeddingModel, purpose: Purpose, texts: Sequence[str]) -> Vectors:
        countdown = Countdown(self.model, self._seconds[purpose])
        try:
            return self._vectors(known, purpose, texts, countdown)
        except ModelUnavailable as error:
            if error.code not in PASSING:
                raise
            # Only an error whose server asked for a pause has one of its own.
            pause = vars(error).get("retry_after_seconds", self._retry_pause) * secrets.SystemRandom().uniform(1, 1.5)
            countdown.expect("an answer", self._seconds[purpose])
            if pause >= countdown.remaining():
                raise
        time.sleep(pause)
        return self._vectors(known, purpose, texts, countdown)

    def _vectors(self, known: EmbeddingModel, purpose: Purpose, texts: Sequence[str], countdown: Countdown) -> Vectors:
        left = countdown.remaining()
        waits = Waits(countdown, min(CONNECT_SECONDS, left), left)
        body = json.dumps(_request(known, purpose, texts))
        with classed_errors(self.model):
            answer = self._client.call(lambda bedrock: bedrock.invoke_model(modelId=self._name, body=body), waits)
            with closing(answer["body"]) as stream:
                said = stream.read()
        return self._read(known, said, len(texts))

    def _read(self, known: EmbeddingModel, said: bytes, count: int) -> Vectors:
        try:
            rows = (
                [_Titan.model_validate_json(said).embedding]
                if known.maker == "titan"
                else _Cohere.model_validate_json(said).embeddings.rows
            )
        except ValueError as error:
            raise nonsense(self._name, known.dimension) from error
        return unit_vectors(rows, count, known.dimension, self._name)


def _request(known: EmbeddingModel, purpose: Purpose, texts: Sequence[str]) -> dict[str, Any]:
    if known.maker == "titan":
        return {"inputText": texts[0], "dimensions": known.dimension, "normalize": True}
    kind = "search_query" if purpose == "query" else "search_document"
    return {"texts": texts, "input_type": kind, "truncate": "NONE", "embedding_types": ["float"]}


def _at_once(ask: "partial[Vectors]", batches: Sequence[Sequence[str]]) -> Iterator[Vectors]:
    if len(batches) < 2:
        yield from map(ask, batches)
        return
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bedrock embedding") as threads:
        try:
            yield from threads.map(ask, batches)
        finally:
            threads.shutdown(cancel_futures=True)


def _sendable(text: str, known: EmbeddingModel, purpose: Purpose) -> str:
    # No encoding can carry half a surrogate pair, and a text without any letter is refused.
    cut = beginning(text, known.window) if purpose == "query" else text
    return cut.encode("utf-8", errors="replace").decode("utf-8").strip() or "-"
