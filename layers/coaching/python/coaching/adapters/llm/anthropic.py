"""A chat model of Anthropic's: `POST /v1/messages`, streamed as server-sent events.

Source: https://docs.claude.com/en/api/messages and https://docs.claude.com/en/docs/build-with-claude/streaming.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from coaching.adapters.llm.anthropic_failures import AnthropicError, anthropic_code
from coaching.adapters.llm.anthropic_request import SchemaBy, anthropic_request
from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.hosted_api import ApiKey, HostedApi, events_of, failure, printable
from coaching.adapters.llm.server_sent_events import ServerSentEvent
from coaching.adapters.payload import Payload
from coaching.models.failures import unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.vocabulary import Usage

ANTHROPIC: Final = "https://api.anthropic.com"
_VERSION: Final = "2023-06-01"
_NOTHING: Final = "{}"
"""A tool's input that is empty comes as no text at all."""
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
        read = (self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens)
        return Usage(sum(count or 0 for count in read), self.output_tokens or 0)


class _Message(Payload):
    usage: _Counts = _Counts()


class _Delta(Payload):
    type: str = ""
    text: str = ""
    partial_json: str = ""
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
    1, and higher ones count as 1. A prompt with a schema is answered in Anthropic's own structured output (`format`),
    or, by models that lack it, through a tool that they must use and whose input is the answer (`tool`); models that
    think refuse to be made to. `more` is what this one model wants in each request besides, such as
    `{"thinking": {"type": "disabled"}}`: thoughts count against `max_tokens`, and some models think unless told not to.
    """

    model: str
    api_key: ApiKey = field(repr=False)
    base_url: str = ANTHROPIC
    deadlines: Deadlines = Deadlines()
    takes_temperature: bool = True
    schema_by: SchemaBy = "format"
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"anthropic:{self.model}"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        waits = self.deadlines
        countdown = Countdown(self.name, waits.within(prompt.seconds))
        api = HostedApi(self.name, f"{self.base_url.rstrip('/')}/v1/messages", self._headers, anthropic_code)
        asked = anthropic_request(self.name, self.model, prompt, self.schema_by, self.more)
        request = asked if self.takes_temperature else {name: asked[name] for name in asked if name != "temperature"}
        by_tool = prompt.schema is not None and self.schema_by == "tool"
        with api.stream(request, countdown, connect=waits.connect, first_token=waits.first_token) as exchange:
            yield from self._fragments(events_of(exchange), countdown, by_tool=by_tool)

    def _fragments(
        self, events: Iterator[ServerSentEvent], countdown: Countdown, *, by_tool: bool
    ) -> Iterator[Fragment]:
        finish: Finish | None = None
        counts, begun = _Counts(), False
        for event in map(self._read, events):
            if event.type == "message_stop":
                break
            if event.message:
                counts = event.message.usage.after(counts)
            if event.usage:
                counts = event.usage.after(counts)
            if event.delta and event.delta.stop_reason:
                finish = self._finish(event.delta.stop_reason, by_tool)
            if text := _text(event, by_tool):
                begun = True
                yield Fragment(text)
                # Begins here, so that it measures the model and not whoever reads its words.
                countdown.expect("the next token", self.deadlines.between_tokens)
        if finish is None:
            raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")
        if by_tool and not begun and finish == "stop":
            yield Fragment(_NOTHING)
        yield Fragment("", counts.usage(), finish)

    def _finish(self, reason: str, by_tool: bool) -> Finish:
        if reason == "refusal":
            raise failure("content_refused", self.name)
        if reason == "tool_use" and by_tool:
            return "stop"
        if reason not in _FINISHES or (reason == "end_turn" and by_tool):
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


def _text(event: _Event, by_tool: bool) -> str:
    if event.type != "content_block_delta" or event.delta is None:
        return ""
    match event.delta.type:
        case "text_delta" if not by_tool:
            return event.delta.text
        case "input_json_delta" if by_tool:
            return event.delta.partial_json
    return ""
