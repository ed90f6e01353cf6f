"""A chat model behind OpenAI's protocol: `POST /chat/completions`, streamed as server-sent events.

Source: https://platform.openai.com/docs/api-reference/chat. Many servers speak it. The hosted inference of Hugging Face
is `OpenAIChatModel(HUGGING_FACE, "meta-llama/Llama-3.1-8B-Instruct", key, provider="huggingface",
max_tokens_field="max_tokens")`; vLLM or the server of llama.cpp are this class with their address as well.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import ValidationError

from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.hosted_api import COUNTS_SECONDS, ApiKey, HostedApi, events_of, failure, printable
from coaching.adapters.llm.openai_failures import OpenAIError, openai_code
from coaching.adapters.llm.server_sent_events import ServerSentEvent
from coaching.adapters.llm.strict_schema import strict_schema
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.vocabulary import Usage

OPENAI: Final = "https://api.openai.com/v1"
HUGGING_FACE: Final = "https://router.huggingface.co/v1"
_DONE: Final = b"[DONE]"
_FINISHES: Final[Mapping[str, Finish]] = {
    "stop": "stop",
    "length": "length",
    "eos_token": "stop",  # text-generation-inference, behind some of Hugging Face's models
    "stop_sequence": "stop",
}


class _Delta(Payload):
    content: str | None = None
    refusal: str | None = None


class _Choice(Payload):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Kept(Payload):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _Counts(Payload):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: _Kept | None = None

    def usage(self) -> Usage:
        """Return the counts; what the cache held and what was written into it are among the prompt's tokens."""
        kept = self.prompt_tokens_details or _Kept()
        read, written = kept.cached_tokens or 0, kept.cache_write_tokens or 0
        return Usage(self.prompt_tokens, self.completion_tokens, read, written)


class _Chunk(Payload):
    choices: tuple[_Choice, ...] | None = None
    usage: _Counts | None = None
    error: OpenAIError | str | None = None


@dataclass(frozen=True, slots=True)
class OpenAIChatModel:
    """Streams answers from a server that speaks OpenAI's protocol. Nothing is tried twice here.

    `base_url` ends before `/chat/completions`. `api_key` is asked before each request. `max_tokens_field` is the name
    that the server knows: OpenAI's newer one, or the older one of all others. `takes_temperature` is false for
    reasoning models, which refuse one. `takes_schema` is false for a server without structured output: a prompt with a
    schema is refused then. `more` is what this one model wants in each request besides, such as `reasoning_effort`.
    A server that counts no tokens leaves `usage` None.
    """

    base_url: str
    model: str
    api_key: ApiKey = field(repr=False)
    provider: str = "openai"
    deadlines: Deadlines = Deadlines()
    max_tokens_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    takes_temperature: bool = True
    takes_schema: bool = True
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        waits = self.deadlines
        countdown = Countdown(self.name, waits.within(prompt.seconds), prompt.cancellation)
        api = HostedApi(self.name, f"{self.base_url.rstrip('/')}/chat/completions", self._headers, openai_code)
        request = self._request(prompt)
        first = waits.first_within(prompt.first_words)
        with api.stream(request, countdown, connect=waits.connect, first_token=first) as exchange:
            yield from self._fragments(events_of(exchange), countdown)

    def _fragments(self, events: Iterator[ServerSentEvent], countdown: Countdown) -> Iterator[Fragment]:
        finish: Finish | None = None
        usage: Usage | None = None
        try:
            for event in events:
                if event.data.strip() == _DONE:
                    break
                chunk = self._read(event.data)
                if chunk.usage:
                    usage = chunk.usage.usage()
                for choice in chunk.choices or ():
                    if choice.delta and choice.delta.content:
                        yield Fragment(choice.delta.content)
                        # Begins here, so that it measures the model and not whoever reads its words.
                        countdown.expect("the next token", self.deadlines.between_tokens)
                    finish = self._finish(choice) or finish
        except ModelUnavailable as error:
            if error.code == "content_refused":
                yield Fragment("", self._counted(events, countdown))
            raise
        if finish is None:
            raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")
        yield Fragment("", usage, finish)

    def _counted(self, events: Iterator[ServerSentEvent], countdown: Countdown) -> Usage | None:
        """Return the counts that come after a refusal: it is charged for as well."""
        countdown.expect("its counts", COUNTS_SECONDS)
        with suppress(ModelUnavailable):
            for event in events:
                if event.data.strip() != _DONE and (counts := self._read(event.data).usage):
                    return counts.usage()
        return None

    def _finish(self, choice: _Choice) -> Finish | None:
        if choice.finish_reason == "content_filter" or (choice.delta and choice.delta.refusal):
            raise failure("content_refused", self.name)
        if not choice.finish_reason:
            return None
        if choice.finish_reason not in _FINISHES:
            raise unavailable("malformed_answer", f"{self.name} ended for a reason that is not known here.")
        return _FINISHES[choice.finish_reason]

    def _headers(self) -> Mapping[str, str]:
        key = printable(self.api_key(), self.name)
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _request(self, prompt: Prompt) -> Mapping[str, object]:
        request: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.text} for message in prompt.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            self.max_tokens_field: prompt.max_tokens,
            **self.more,
        }
        if self.takes_temperature:
            request["temperature"] = prompt.temperature
        if prompt.stop:
            request["stop"] = list(prompt.stop)
        if prompt.schema is not None:
            request["response_format"] = self._format(prompt.schema)
        return request

    def _format(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        if not self.takes_schema:
            raise unavailable("request_refused", f"{self.name} cannot hold an answer to a schema: choose another.")
        schema = strict_schema(schema, all_required=True)
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}

    def _read(self, data: bytes) -> _Chunk:
        try:
            chunk = _Chunk.model_validate_json(data)
        except ValidationError as error:
            raise failure("malformed_answer", self.name) from error
        if chunk.error is not None:
            said = OpenAIError(message=chunk.error) if isinstance(chunk.error, str) else chunk.error
            raise failure(said.meaning(200), self.name)
        if chunk.choices is None and chunk.usage is None:
            raise failure("malformed_answer", self.name)
        return chunk
