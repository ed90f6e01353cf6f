"""The protocol of Ollama 0.17: paths, what a status means, and the sentence for it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.models.failures import FailureCode, unavailable

Answer = TypeVar("Answer", bound=Payload)


class _Failure(Payload):
    error: str


class _Named(Payload):
    name: str


class _Installed(Payload):
    models: tuple[_Named, ...]


class _InMemory(_Named):
    context_length: int | None = None


class _Running(Payload):
    models: tuple[_InMemory, ...]


@dataclass(frozen=True, slots=True)
class OllamaApi:
    """The Ollama at `base_url`."""

    base_url: str

    @property
    def who(self) -> str:
        return f"Ollama at {self.base_url}"

    def post_chat(
        self, request: Mapping[str, object], countdown: Countdown, *, connect: float, first_token: float
    ) -> HttpExchange:
        """Send `request`; return its answer when that has begun with 200. Raises: ModelUnavailable."""
        exchange = self._opened("POST", "/api/chat", json.dumps(request).encode(), countdown, connect, first_token)
        if exchange.status == HTTPStatus.OK:
            return exchange
        with exchange:
            raise self._refusal(exchange, str(request["model"]))

    def installed(self, countdown: Countdown) -> tuple[str, ...]:
        """Return the names of the models that are on its disk. Raises: ModelUnavailable."""
        return tuple(model.name for model in self._got("/api/tags", countdown, _Installed).models)

    def running(self, countdown: Countdown, connect: float) -> Mapping[str, int | None]:
        """Return the names of the models that are in memory with the window of each. Raises: ModelUnavailable."""
        models = self._got("/api/ps", countdown, _Running, connect).models
        return {model.name: model.context_length for model in models}

    def not_ollama(self) -> ModelUnavailable:
        return unavailable("malformed_answer", f"What answers at {self.base_url} is not Ollama: correct the address.")

    def _got(self, path: str, countdown: Countdown, kind: type[Answer], connect: float = math.inf) -> Answer:
        seconds = countdown.remaining()
        with self._opened("GET", path, None, countdown, min(seconds, connect), seconds) as exchange:
            if exchange.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise self._refusal(exchange, self.who)
            try:
                return kind.model_validate_json(exchange.body())
            except ValidationError as error:
                raise self.not_ollama() from error

    def _opened(
        self, method: str, path: str, body: bytes | None, countdown: Countdown, connect: float, first_token: float
    ) -> HttpExchange:
        url = f"{self.base_url.rstrip('/')}{path}"
        return open_exchange(method, url, body, countdown, connect=connect, first_token=first_token)

    def _refusal(self, exchange: HttpExchange, model: str) -> ModelUnavailable:
        status, reason = exchange.status, _reason(exchange.body())
        match status:
            case 404 if reason:
                return unavailable("model_missing", f"Ollama lacks {model}: run `ollama pull {model}`.")
            case 404:
                return self.not_ollama()
            case 429 | 503:
                return unavailable(
                    "overloaded",
                    f"{model} on Ollama has a full queue: try again in a moment.",
                    retry_after_seconds=exchange.retry_after_seconds,
                )
            case 400 if "context length" in reason:
                return unavailable("context_exceeded", f"The prompt is longer than the window of {model}: shorten it.")
            case 400 if "does not support chat" in reason:
                return unavailable("model_failed", f"{model} cannot chat: choose a chat model.")
            case 401 | 403:
                return unavailable("bad_credentials", f"{self.who} lets only others in: correct the address.")
            case 500 if "schema" in reason or "format" in reason:
                return unavailable("request_refused", f"{model} cannot keep to this schema: write a simpler one.")
        code: FailureCode = "model_failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "request_refused"
        return unavailable(code, f"{model} answered {status}: the log of the Ollama server says why.")


def _reason(body: bytes) -> str:
    try:
        return _Failure.model_validate_json(body).error
    except ValidationError:
        return ""
