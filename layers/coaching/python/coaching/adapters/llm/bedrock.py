"""A chat model on Amazon Bedrock: `ConverseStream`, streamed as binary events."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from coaching.adapters.llm.bedrock_client import BedrockClient, Waits
from coaching.adapters.llm.bedrock_failures import classed_errors
from coaching.adapters.llm.bedrock_request import converse_request
from coaching.adapters.llm.deadlines import Countdown, Deadlines
from coaching.adapters.llm.hosted_api import COUNTS_SECONDS, failure
from coaching.adapters.payload import Payload
from coaching.errors import ModelUnavailable
from coaching.models.failures import unavailable
from coaching.models.ports import Finish, Fragment, Prompt
from coaching.vocabulary import Usage


class _Payload(Payload):
    model_config = ConfigDict(alias_generator=to_camel)


class _ToolInput(_Payload):
    input: str = ""


class _Delta(_Payload):
    text: str | None = None
    tool_use: _ToolInput | None = None


class _BlockDelta(_Payload):
    delta: _Delta


class _Stop(_Payload):
    stop_reason: str


class _Counts(_Payload):
    input_tokens: int
    output_tokens: int
    cache_read_input_tokens: int = 0
    cache_write_input_tokens: int = 0


class _Metadata(_Payload):
    usage: _Counts


class _Event(_Payload):
    content_block_delta: _BlockDelta | None = None
    message_stop: _Stop | None = None
    metadata: _Metadata | None = None


class BedrockChatModel:
    """Streams answers from the model or inference profile `model`. Nothing is tried twice here.

    `takes_schema` is false for a model that cannot be made to call a tool (Converse knows that of Anthropic's and
    Amazon Nova's alone): a prompt with a schema is refused then. `caches_prompts` is true for a model that can keep
    the beginning of a prompt for the next one (of others Converse refuses to be asked for it). `takes_temperature` is
    false for a model that refuses one. `more` are the model's own fields, which Converse hands on to it.
    """

    def __init__(
        self,
        client: BedrockClient,
        model: str,
        deadlines: Deadlines | None = None,
        *,
        takes_schema: bool = True,
        caches_prompts: bool = False,
        takes_temperature: bool = True,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self._client = client
        self._model = model
        self._deadlines = deadlines or Deadlines()
        self._takes_schema = takes_schema
        self._caches_prompts = caches_prompts
        self._takes_temperature = takes_temperature
        self._more = more or {}

    @property
    def name(self) -> str:
        return f"bedrock:{self._model}"

    def generate(self, prompt: Prompt) -> Iterator[Fragment]:
        """Yield the answer; closing the iterator hangs up, which stops the generation."""
        if prompt.schema is not None and not self._takes_schema:
            raise unavailable("request_refused", f"{self.name} cannot hold an answer to a schema: choose another.")
        request = converse_request(
            self._model, prompt, caches=self._caches_prompts, warmed=self._takes_temperature, more=self._more
        )
        countdown = Countdown(self.name, self._deadlines.within(prompt.seconds), prompt.cancellation)
        waits = Waits(countdown, self._deadlines.connect, self._deadlines.first_within(prompt.first_words))
        with classed_errors(self.name):
            stream = self._client.call(lambda bedrock: bedrock.converse_stream(**request), waits)["stream"]
        with closing(stream):
            yield from self._fragments(stream, countdown, structured=prompt.schema is not None)

    def _fragments(self, stream: Iterable[Any], countdown: Countdown, *, structured: bool) -> Iterator[Fragment]:
        said: list[str] = []
        finish: Finish | None = None
        events = self._events(stream)
        try:
            for event in events:
                if text := _text(event.content_block_delta, structured=structured):
                    if structured:
                        said.append(text)
                    yield Fragment(text)
                    # Begins here, so that it measures the model and not whoever reads its words.
                    countdown.expect("the next token", self._deadlines.between_tokens)
                if event.message_stop:
                    finish = self._finish(event.message_stop.stop_reason)
                    if structured and finish == "stop":
                        self._check_json("".join(said))
                if event.metadata and finish:
                    yield Fragment("", _usage(event.metadata.usage), finish)
                    return
        except ModelUnavailable as error:
            if error.code == "content_refused":
                yield Fragment("", self._counted(events, countdown))
            raise
        raise unavailable("malformed_answer", f"{self.name} stopped before the end of its answer.")

    def _counted(self, events: Iterator[_Event], countdown: Countdown) -> Usage | None:
        """Return the counts that come after a refusal: it is charged for as well."""
        countdown.expect("its counts", COUNTS_SECONDS)
        with suppress(ModelUnavailable):
            for event in events:
                if event.metadata:
                    return _usage(event.metadata.usage)
        return None

    def _events(self, stream: Iterable[Any]) -> Iterator[_Event]:
        events = iter(stream)
        while True:
            with classed_errors(self.name):
                event = next(events, None)
            if event is None:
                return
            try:
                yield _Event.model_validate(event)
            except ValidationError as error:
                raise failure("malformed_answer", self.name) from error

    def _finish(self, reason: str) -> Finish:
        match reason:
            case "end_turn" | "stop_sequence" | "tool_use":
                return "stop"
            case "max_tokens" | "model_context_window_exceeded":
                return "length"
            case "guardrail_intervened" | "content_filtered":
                raise failure("content_refused", self.name)
        raise unavailable("malformed_answer", f"{self.name} ended for a reason that is not known here.")

    def _check_json(self, text: str) -> None:
        try:
            json.loads(text)
        except ValueError:
            raise unavailable("malformed_answer", f"{self.name} did not keep to the schema.") from None


def _text(block: _BlockDelta | None, *, structured: bool) -> str:
    if block is None:
        return ""
    if structured:
        return block.delta.tool_use.input if block.delta.tool_use else ""
    return block.delta.text or ""


def _usage(counts: _Counts) -> Usage:
    kept, written = counts.cache_read_input_tokens, counts.cache_write_input_tokens
    return Usage(counts.input_tokens + kept + written, counts.output_tokens, kept, written)
