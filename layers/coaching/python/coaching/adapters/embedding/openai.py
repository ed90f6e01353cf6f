"""An embedding model behind OpenAI's protocol (`POST /embeddings`): off unless a stage chooses it.

Source: https://platform.openai.com/docs/guides/embeddings (dimensions, tokens a text) and its API reference (300,000
tokens and 2,048 texts a request).
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from coaching.adapters.embedding.hosted import Purpose, beginning, nonsense, refuse, translated, unit_vectors
from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.hosted_api import ApiKey, HostedApi, printable
from coaching.adapters.llm.openai_failures import openai_code
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.knowledge.ports import Embedder, TokenLimit, Vectors
from coaching.models.failures import PASSING

BATCH: Final = 32
CONNECT_SECONDS: Final = 2.0
WINDOW: Final = 8_191
DIMENSIONS: Final[Mapping[str, int]] = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
_LARGEST_ANSWER: Final = 16 << 20


class _Embedding(Payload):
    index: int
    embedding: tuple[float, ...]


class _Answer(Payload):
    data: tuple[_Embedding, ...]


@dataclass(frozen=True, slots=True)
class OpenAIEmbedder(Embedder, TokenLimit):
    """Asks the server whose address before `/embeddings` is `base_url`. `name` is a name of `DIMENSIONS`.

    A question has `query_seconds`, a batch of 32 passages `passage_seconds`. What may pass by itself is tried once
    more, after about `retry_pause` seconds or those that the server asks for. Of a question that is longer than the
    model's window the beginning counts. What no waiting mends is the end of a document's ingestion; a question is
    answered by words alone then.
    """

    base_url: str
    api_key: ApiKey = field(repr=False)
    name: str = "text-embedding-3-small"
    query_seconds: float = 5.0
    passage_seconds: float = 60.0
    retry_pause: float = 0.5

    @property
    def model(self) -> str:
        return f"openai-{self.name}"

    @property
    def dimension(self) -> int:
        return self._dimension("query")

    def reach(self, text: str) -> int:
        """Return how many of the text's first characters are surely read together: no token has less than a byte."""
        return len(beginning(text, WINDOW))

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension(purpose)), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [self._sendable(text, purpose) for text in texts[start : start + BATCH]]
            try:
                vectors[start : start + BATCH] = self._vectors(batch, purpose)
            except ModelUnavailable as error:
                raise translated(error, purpose) from error
        return vectors

    def _dimension(self, purpose: Purpose) -> int:
        if self.name not in DIMENSIONS:
            refuse(f"{self.name} is not known here: choose one of {', '.join(DIMENSIONS)}.", purpose)
        return DIMENSIONS[self.name]

    def _sendable(self, text: str, purpose: Purpose) -> str:
        # No encoding can carry half a surrogate pair, and a text without any letter is refused.
        cut = text[: self.reach(text)] if purpose == "query" else text
        return cut.encode("utf-8", errors="replace").decode("utf-8") or " "

    def _vectors(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        seconds = self.query_seconds if purpose == "query" else self.passage_seconds
        countdown = Countdown(self.model, seconds)
        try:
            body = self._asked(texts, countdown)
        except ModelUnavailable as error:
            if error.code not in PASSING:
                raise
            self._pause(error, countdown)
            body = self._asked(texts, countdown)
        return self._read(body, len(texts))

    def _pause(self, error: ModelUnavailable, countdown: Countdown) -> None:
        # Only an error whose server asked for a pause has one of its own.
        wanted = vars(error).get("retry_after_seconds", self.retry_pause)
        countdown.expect("an answer", self.passage_seconds)
        if wanted >= countdown.remaining():
            raise error
        time.sleep(min(wanted * secrets.SystemRandom().uniform(1.0, 1.5), countdown.remaining()))

    def _asked(self, texts: Sequence[str], countdown: Countdown) -> bytes:
        api = HostedApi(self.model, f"{self.base_url.rstrip('/')}/embeddings", self._headers, openai_code)
        request = {"model": self.name, "input": texts, "encoding_format": "float"}
        left = countdown.remaining()
        connect = min(CONNECT_SECONDS, left)
        with api.post(request, countdown, connect=connect, first_token=left, accept="application/json") as exchange:
            return exchange.body(_LARGEST_ANSWER)

    def _headers(self) -> Mapping[str, str]:
        key = printable(self.api_key(), self.model)
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _read(self, body: bytes, count: int) -> Vectors:
        who = f"{self.name} at {self.base_url}"
        try:
            data = sorted(_Answer.model_validate_json(body).data, key=lambda item: item.index)
        except ValueError as error:
            raise nonsense(who, self.dimension) from error
        if [item.index for item in data] != list(range(count)):
            raise nonsense(who, self.dimension)
        return unit_vectors([item.embedding for item in data], count, self.dimension, who)
