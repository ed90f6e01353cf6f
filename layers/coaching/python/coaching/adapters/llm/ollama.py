"""A chat model served by Ollama (protocol of 0.17: `POST /api/chat`, one JSON object per line)."""

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.models.failures import unavailable
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.errors import ModelUnavailable
from coaching.models.ports import Fragment, Prompt
from coaching.vocabulary import Usage

_PASSING = frozenset({"unreachable", "overloaded"})


class _Payload(BaseModel):
    # A validation error would carry what the model said into a log.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Message(_Payload):
    content: str = ""


class _Line(_Payload):
    message: _Message | None = None
    done: bool = False
    error: str | None = None
    prompt_eval_count: int = 0
    eval_count: int = 0


class _Failure(_Payload):
    error: str


class _Model(_Payload):
    name: str


class _Models(_Payload):
    models: tuple[_Model, ...]


def answers(base_url: str, timeout: float) -> tuple[str, ...]:
    """Return the names of the models that the Ollama at `base_url` has.

    Raises: ModelUnavailable when no Ollama answers within `timeout` seconds.
    """
    countdown = Countdown(f"Ollama at {base_url}", timeout)
    url = f"{base_url.rstrip('/')}/api/tags"
    with open_exchange("GET", url, None, countdown, connect=timeout, first_token=timeout) as exchange:
        try:
            return tuple(model.name for model in _Models.model_validate_json(exchange.body()).models)
        except ValidationError as error:
            raise _not_ollama(base_url) from error


@dataclass(frozen=True, slots=True)
class OllamaChatModel:
    """Streams answers from Ollama.

    `context_tokens` is the window to ask for. Ollama reloads a model when it changes, so it is one figure per model.
    A connection that fails or a full queue is tried once more, after about `retry_pause` seconds.
    """

    base_url: str
    model: str
    context_tokens: int = 8192
    deadlines: Deadlines = Deadlines()
    retry_pause: float = 0.2

    @property
    def name(self) -> str:
        return f"ollama:{self.model}"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        countdown = Countdown(f"Ollama at {self.base_url}", self.deadlines.total)
        with self._asked_twice_at_most(prompt, countdown) as exchange:
            for line in exchange.lines():
                answer = self._read(line)
                if answer.message and answer.message.content:
                    yield Fragment(answer.message.content)
                if answer.done:
                    yield Fragment("", Usage(answer.prompt_eval_count, answer.eval_count))
                    return
                # Begins here, so that it measures the model and not whoever reads its words.
                countdown.expect("the next token", self.deadlines.between_tokens)
        raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")

    def _asked_twice_at_most(self, prompt: Prompt, countdown: Countdown) -> HttpExchange:
        try:
            return self._asked(prompt, countdown)
        except ModelUnavailable as error:
            if error.code not in _PASSING:
                raise
        pause = self.retry_pause * secrets.SystemRandom().uniform(0.5, 1.5)
        countdown.expect("an answer", self.deadlines.total)
        time.sleep(min(pause, countdown.remaining()))
        return self._asked(prompt, countdown)

    def _asked(self, prompt: Prompt, countdown: Countdown) -> HttpExchange:
        url = f"{self.base_url.rstrip('/')}/api/chat"
        waits = self.deadlines
        exchange = open_exchange(
            "POST", url, self._request(prompt), countdown, connect=waits.connect, first_token=waits.first_token
        )
        if exchange.status == 200:
            return exchange
        with exchange:
            raise self._refusal(exchange.status, exchange.body())

    def _request(self, prompt: Prompt) -> bytes:
        request = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.text} for message in prompt.messages],
            "stream": True,
            "truncate": False,  # else a prompt that is too long is cut without a word
            "options": {
                "temperature": prompt.temperature,
                "num_predict": prompt.max_tokens,
                "num_ctx": self.context_tokens,
            },
        }
        return json.dumps(request).encode()

    def _read(self, line: bytes) -> _Line:
        try:
            answer = _Line.model_validate_json(line)
        except ValidationError as error:
            raise unavailable("malformed_answer", f"{self.name} sent a line that is not Ollama's.") from error
        if answer.error is not None:
            raise unavailable("model_failed", f"{self.name} broke off: the log of the Ollama server says why.")
        if answer.message is None:
            raise unavailable("malformed_answer", f"{self.name} sent a line without a message.")
        return answer

    def _refusal(self, status: int, body: bytes) -> ModelUnavailable:
        try:
            reason = _Failure.model_validate_json(body).error
        except ValidationError:
            reason = ""
        match status:
            case 404 if reason:
                return unavailable("model_missing", f"Ollama lacks {self.model}: run `ollama pull {self.model}`.")
            case 404:
                return _not_ollama(self.base_url)
            case 503:
                return unavailable("overloaded", f"{self.name} has a full queue: try again in a moment.")
            case 400 if "context length" in reason:
                return unavailable(
                    "context_exceeded",
                    f"The prompt is longer than the {self.context_tokens} tokens of {self.name}: shorten it.",
                )
            case 400 if "does not support chat" in reason:
                return unavailable("model_failed", f"{self.model} cannot chat: choose a chat model.")
        return unavailable("model_failed", f"{self.name} answered {status}: the log of the Ollama server says why.")


def _not_ollama(base_url: str) -> ModelUnavailable:
    return unavailable("malformed_answer", f"What answers at {base_url} is not Ollama: correct the address.")
