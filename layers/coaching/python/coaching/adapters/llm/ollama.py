"""A chat model served by Ollama (protocol of 0.17: `POST /api/chat`, one JSON object per line)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.http_exchange import HttpExchange
from coaching.adapters.llm.ollama_api import OllamaApi
from coaching.adapters.llm.ollama_loading import OllamaLoading
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.models.failures import ABOUT_THE_REQUEST, unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.models.verification import ModelList
from coaching.vocabulary import Usage


class _Message(Payload):
    content: str = ""


class _Line(Payload):
    message: _Message | None = None
    done: bool = False
    done_reason: str = ""
    error: str | None = None
    prompt_eval_count: int = 0
    eval_count: int = 0


def answers(base_url: str, timeout: float) -> tuple[str, ...]:
    """Return the names of the models that the Ollama at `base_url` has.

    Raises: ModelUnavailable when no Ollama answers within `timeout` seconds.
    """
    api = OllamaApi(base_url)
    return api.installed(Countdown(api.who, timeout))


@dataclass(frozen=True, slots=True)
class InstalledModels(ModelList):
    """The models that the Ollama at `base_url` has, asked for at most `timeout` seconds."""

    base_url: str
    timeout: float

    def names(self) -> Collection[str]:
        return answers(self.base_url, self.timeout)


class OllamaChatModel:
    """Streams answers from Ollama. Nothing is tried twice here.

    `context_tokens` is the window to ask for. Ollama reloads a model when it changes, so it is one figure per model.
    A cold model is loaded first, within `deadlines.load`; whoever waits no longer leaves the load running. One instance
    per model and address knows what it learned: keep it.
    """

    def __init__(
        self, base_url: str, model: str, context_tokens: int = 8192, deadlines: Deadlines | None = None
    ) -> None:
        self._api = OllamaApi(base_url)
        self._model = model
        self._context_tokens = context_tokens
        self._deadlines = deadlines or Deadlines()
        self._loading = OllamaLoading(self._api, model, context_tokens, self._deadlines.connect)

    @property
    def name(self) -> str:
        return f"ollama:{self._model}"

    def load(self, seconds: float) -> None:
        """Return once the model is in memory. Whoever gives up waiting does not end the load.

        Raises: ModelUnavailable.
        """
        countdown = Countdown(self._api.who, seconds)
        if not self._loading.ready(countdown):
            countdown.expect(f"{self._model} in its memory", seconds)
            self._loading.finish(countdown)

    def loaded(self, seconds: float) -> bool:
        """Return whether the model is in memory. Raises: ModelUnavailable when Ollama does not say in time."""
        return self._loading.loaded(Countdown(self._api.who, seconds))

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        waits = self._deadlines
        countdown = Countdown(self._api.who, waits.within(prompt.seconds), prompt.cancellation)
        try:
            if not self._loads_soon(countdown, prompt):
                if not prompt.waits_for_load:
                    raise unavailable("loading", f"{self.name} is being loaded: ask again in a moment.")
                yield Fragment("", loading=True)
                self._loading.finish(Countdown(self._api.who, waits.load, prompt.cancellation))
                yield Fragment("", loading=False)
                countdown = Countdown(self._api.who, waits.within(prompt.seconds), prompt.cancellation)
            first = waits.first_within(prompt.first_words)
            with self._api.post_chat(
                self._request(prompt), countdown, connect=waits.connect, first_token=first
            ) as exchange:
                yield from self._fragments(exchange, countdown)
        except ModelUnavailable as error:
            if error.code not in ABOUT_THE_REQUEST:
                self._loading.doubt()
            raise

    def _loads_soon(self, countdown: Countdown, prompt: Prompt) -> bool:
        return self._loading.ready(countdown) or self._loading.begin(countdown, patient=prompt.waits_for_load)

    def _fragments(self, exchange: HttpExchange, countdown: Countdown) -> Iterator[Fragment]:
        for line in exchange.lines():
            answer = self._read(line)
            if answer.message and answer.message.content:
                yield Fragment(answer.message.content)
            if answer.done:
                self._loading.believe()
                yield Fragment("", Usage(answer.prompt_eval_count, answer.eval_count), self._finish(answer))
                return
            # Begins here, so that it measures the model and not whoever reads its words.
            countdown.expect("the next token", self._deadlines.between_tokens)
        raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")

    def _request(self, prompt: Prompt) -> dict[str, object]:
        options: dict[str, object] = {
            "temperature": prompt.temperature,
            "num_predict": prompt.max_tokens,
            "num_ctx": self._context_tokens,
        }
        if prompt.stop:
            options["stop"] = list(prompt.stop)
        request: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.text} for message in prompt.messages],
            "stream": True,
            "truncate": False,  # else a prompt that is too long is cut without a word
            "options": options,
        }
        if prompt.schema is not None:
            request["format"] = prompt.schema
        return request

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

    def _finish(self, line: _Line) -> Finish:
        match line.done_reason:
            case "stop" | "":
                return "stop"
            case "length":
                return "length"
        # An answer that ends because the model was loaded or unloaded has not begun or is cut.
        raise unavailable("malformed_answer", f"{self.name} ended an answer that it did not give.")
