"""A chat model of Anthropic's: `POST /v1/messages`, streamed as server-sent events.

Source: https://docs.claude.com/en/api/messages and https://docs.claude.com/en/docs/build-with-claude/streaming.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from coaching.adapters.llm.anthropic_failures import AnthropicError, anthropic_code
from coaching.adapters.llm.anthropic_request import anthropic_request
from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.hosted_api import ApiKey, HostedApi, events_of, failure, printable
from coaching.adapters.llm.server_sent_events import ServerSentEvent
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.vocabulary import Usage

ANTHROPIC: Final = "https://api.anthropic.com"
_VERSION: Final = "2023-06-01"
_FINISHES: Final[Mapping[str, Finish]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


class _Counts(Payload):
    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None

    def after(self, earlier: "_Counts") -> "_Counts":
        """Return the counts as they stand now: a later event repeats those that have changed."""
        return earlier.model_copy(update=self.model_dump(exclude_none=True))

    def usage(self) -> Usage:
        """Return what was read and written; what the cache held was read as well."""
        kept, written = self.cache_read_input_tokens or 0, self.cache_creation_input_tokens or 0
        return Usage((self.input_tokens or 0) + kept + written, self.output_tokens or 0, kept, written)


class _Message(Payload):
    usage: _Counts = _Counts()


class _Delta(Payload):
    type: str = ""
    text: str = ""
    stop_reason: str | None = None


class _Event(Payload):
    type: str
    message: _Message | None = None
    delta: _Delta | None = None
    usage: _Counts | None = None
    error: AnthropicError | None = None


@dataclass(frozen=True, slots=True)
class AnthropicChatModel:
    """Streams answers from Anthropic. Nothing is tried twice here.

    `api_key` is asked before each request. `takes_temperature` is false from Opus 4.7 on, which refuses one; it ends at
    1, and higher ones count as 1. `takes_schema` is false for a model without structured output: a prompt with a schema
    is refused then. `more` is what this one model wants in each request besides, such as
    `{"thinking": {"type": "disabled"}}`: thoughts count against `max_tokens`, and some models think unless told not to.
    """

    model: str
    api_key: ApiKey = field(repr=False)
    base_url: str = ANTHROPIC
    deadlines: Deadlines = Deadlines()
    takes_temperature: bool = True
    takes_schema: bool = True
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"anthropic:{self.model}"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        if prompt.schema is not None and not self.takes_schema:
            raise unavailable("request_refused", f"{self.name} cannot hold an answer to a schema: choose another.")
        waits = self.deadlines
        countdown = Countdown(self.name, waits.within(prompt.seconds), prompt.cancellation)
        api = HostedApi(self.name, f"{self.base_url.rstrip('/')}/v1/messages", self._headers, anthropic_code)
        asked = anthropic_request(self.model, prompt, self.more)
        request = asked if self.takes_temperature else {name: asked[name] for name in asked if name != "temperature"}
        first = waits.first_within(prompt.first_words)
        with api.stream(request, countdown, connect=waits.connect, first_token=first) as exchange:
            yield from self._fragments(events_of(exchange), countdown)

    def _fragments(self, events: Iterator[ServerSentEvent], countdown: Countdown) -> Iterator[Fragment]:
        finish: Finish | None = None
        counts = _Counts()
        try:
            for event in map(self._read, events):
                if event.type == "message_stop":
                    break
                if event.message:
                    counts = event.message.usage.after(counts)
                if event.usage:
                    counts = event.usage.after(counts)
                if event.delta and event.delta.stop_reason:
                    finish = self._finish(event.delta.stop_reason)
                if text := _text(event):
                    yield Fragment(text)
                    # Begins here, so that it measures the model and not whoever reads its words.
                    countdown.expect("the next token", self.deadlines.between_tokens)
        except ModelUnavailable:
            # What was read and said so far is charged for.
            yield Fragment("", counts.usage() if counts != _Counts() else None)
            raise
        if finish is None:
            raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")
        yield Fragment("", counts.usage(), finish)

    def _finish(self, reason: str) -> Finish:
        if reason == "refusal":
            raise failure("content_refused", self.name)
        if reason not in _FINISHES:
            raise unavailable("malformed_answer", f"{self.name} ended for a reason that is not known here.")
        return _FINISHES[reason]

    def _headers(self) -> Mapping[str, str]:
        return {"x-api-key": printable(self.api_key(), self.name), "anthropic-version": _VERSION}

    def _read(self, event: ServerSentEvent) -> _Event:
        try:
            read = _Event.model_validate_json(event.data)
        except ValidationError as error:
            raise failure("malformed_answer", self.name) from error
        if read.type == "error":
            raise failure(read.error.meaning(200) if read.error else "model_failed", self.name)
        return read


def _text(event: _Event) -> str:
    said = event.type == "content_block_delta" and event.delta is not None and event.delta.type == "text_delta"
    return event.delta.text if said and event.delta else ""
