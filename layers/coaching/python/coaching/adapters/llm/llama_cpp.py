"""A GGUF chat model run by llama.cpp inside this process (package `xllamacpp`)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from coaching.adapters.llm.callback_stream import CallbackStream, Push
from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.llama_cpp_engine import Engine, start_engine
from coaching.adapters.payload import Payload
from coaching.models.failures import FailureCode, unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.vocabulary import Usage

_PATIENT = Deadlines(first_token=120.0)
_NO_LETTER = "\ufffd"


class _Delta(Payload):
    content: str | None = None


class _Choice(Payload):
    delta: _Delta
    finish_reason: Literal["stop", "length"] | None = None


class _Counts(Payload):
    prompt_tokens: int
    completion_tokens: int


class _Error(Payload):
    type: str = ""


class _Chunk(Payload):
    choices: tuple[_Choice, ...] = ()
    usage: _Counts | None = None
    error: _Error | None = None


class LlamaCppChatModel:
    """Streams answers from a GGUF file, one generation at a time; others wait for their turn.

    The file is read at the first answer, or by `load` before it. Reading holds the interpreter's lock: no other
    thread of the process runs meanwhile (about 1 s for 100 MB). Keep `threads` below the cores that are free:
    llama.cpp's threads wait for each other by spinning, so one that is not scheduled holds all of them up.
    """

    def __init__(
        self, path: Path, context_tokens: int = 4096, threads: int = 2, deadlines: Deadlines = _PATIENT
    ) -> None:
        self._path = path
        self._context_tokens = context_tokens
        self._threads = threads
        self._deadlines = deadlines
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"llama.cpp {path.stem}")
        self._engine: Engine | None = None

    @property
    def name(self) -> str:
        return f"llama_cpp:{self._path.stem}"

    def load(self, seconds: float | None = None) -> None:
        """Return once the file is read. Whoever gives up waiting does not end that.

        Raises: ModelUnavailable when the file or the package cannot be used, or not within `seconds`.
        """
        countdown = Countdown(self.name, self._deadlines.load if seconds is None else seconds)
        try:
            self._executor.submit(self._started).result(countdown.remaining())
        except TimeoutError:
            raise countdown.expired() from None

    def loaded(self, seconds: float) -> bool:
        """Return whether the file is read, at once."""
        return self._engine is not None

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator stops the generation at its next token.

        Raises: ModelUnavailable, also `malformed_answer` where an answer by a schema is cut or has bytes of no letter.
        """
        countdown = Countdown(self.name, self._deadlines.within(prompt.seconds), prompt.cancellation)
        countdown.expect("the first token", self._deadlines.first_within(prompt.first_words))
        stream = CallbackStream[dict[str, Any]](countdown)
        stream.start(self._executor, partial(self._run, prompt))
        try:
            for fragment in self._fragments(stream, countdown):
                if prompt.schema is not None:
                    self._check_json(fragment)
                yield fragment
        finally:
            stream.cancel()

    def _fragments(self, stream: CallbackStream[dict[str, Any]], countdown: Countdown) -> Iterator[Fragment]:
        finish: Finish | None = None
        for item in stream.items():
            chunk = self._read(item)
            if chunk.error:
                raise unavailable(*self._failure(chunk.error))
            text = "".join(choice.delta.content or "" for choice in chunk.choices)
            if text:
                yield Fragment(text)
                countdown.expect("the next token", self._deadlines.between_tokens)
            finish = next((choice.finish_reason for choice in chunk.choices if choice.finish_reason), finish)
            if chunk.usage and finish:
                yield Fragment("", Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens), finish)
                return
        raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")

    def _check_json(self, fragment: Fragment) -> None:
        if fragment.finish == "length":
            raise unavailable("malformed_answer", f"{self.name} had too few tokens for its JSON: allow more.")
        if _NO_LETTER in fragment.text:
            # llama.cpp counts broken bytes as one letter, and what they are read as is longer than the schema allows.
            raise unavailable("malformed_answer", f"{self.name} broke a letter in its JSON: ask again.")

    def _run(self, prompt: Prompt, push: Push[dict[str, Any]]) -> None:
        try:
            self._started().handle_chat_completions(_request(prompt), push)
        except ValueError:
            # Its words quote the request.
            raise unavailable("request_refused", f"{self.name} does not take this request or its schema.") from None
        except RuntimeError:
            raise unavailable("model_failed", f"{self.name} broke off: choose another model.") from None

    def _read(self, item: dict[str, Any]) -> _Chunk:
        try:
            return _Chunk.model_validate(item)
        except ValidationError as error:
            raise unavailable("malformed_answer", "This version of xllamacpp is not known: install another.") from error

    def _failure(self, error: _Error) -> tuple[FailureCode, str]:
        if error.type == "exceed_context_size_error":
            tokens = self._context_tokens
            return "context_exceeded", f"The prompt is longer than the {tokens} tokens of {self.name}: shorten it."
        if error.type == "invalid_request_error":
            return "request_refused", f"{self.name} does not take this request or its schema."
        return "model_failed", f"{self.name} could not answer this prompt: choose another model."

    def _started(self) -> Engine:
        # Only the executor's one thread comes here.
        if self._engine is None:
            self._engine = start_engine(self._path, self._context_tokens, self._threads)
        return self._engine


def _request(prompt: Prompt) -> dict[str, Any]:
    request: dict[str, Any] = {
        "messages": [{"role": message.role, "content": message.text} for message in prompt.messages],
        "temperature": prompt.temperature,
        "max_tokens": prompt.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # a call for each step of the prompt, so that reading it can be stopped
    }
    if prompt.stop:
        request["stop"] = list(prompt.stop)
    if prompt.schema is not None:
        request["response_format"] = {"type": "json_schema", "json_schema": {"schema": dict(prompt.schema)}}
    return request
