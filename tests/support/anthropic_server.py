"""A loopback server that speaks Anthropic's Messages API, and that can be told to misbehave.

The shapes are those of https://docs.claude.com/en/docs/build-with-claude/streaming. It answers with what `reply` makes
of the last message, word by word; with `structured` where a format is asked for.
"""

import json
from typing import Any

from tests.support.hosted_server import HostedServer
from tests.support.loopback_server import Received, Wire

EVENT_STREAM = "text/event-stream; charset=utf-8"


def event(type: str, **more: object) -> bytes:
    """Return one event of a stream."""
    data = json.dumps({"type": type} | more, ensure_ascii=False)
    return f"event: {type}\ndata: {data}\n\n".encode()


def begin(input_tokens: int = 5, cached: int = 0, written: int = 0) -> bytes:
    usage = {"input_tokens": input_tokens, "cache_creation_input_tokens": written, "cache_read_input_tokens": cached}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "tiny", "content": []}
    ends: dict[str, object] = {"stop_reason": None, "stop_sequence": None, "usage": usage | {"output_tokens": 1}}
    return event("message_start", message=message | ends)


def opens() -> bytes:
    block = {"type": "text", "text": ""}
    return event("content_block_start", index=0, content_block=block) + event("ping")


def says(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def ends(stop_reason: str, output_tokens: int) -> bytes:
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    closed = event("content_block_stop", index=0)
    return closed + event("message_delta", delta=delta, usage={"output_tokens": output_tokens}) + event("message_stop")


def refusal(type: str, message: str = "A private matter", **details: object) -> bytes:
    """Return the body of an error."""
    error: dict[str, object] = {"type": type, "message": message}
    if details:
        error["details"] = details
    return json.dumps({"type": "error", "error": error, "request_id": "req_1"}).encode()


class AnthropicServer(HostedServer):
    """The server; `models` maps each name to its window (a word is a token here), `keys` are those that are let in."""

    def answer(self, wire: Wire, request: Received) -> None:
        body = request.body
        if request.path != "/v1/messages" or "anthropic-version" not in request.headers:
            return wire.whole(404, refusal("not_found_error", "Not Found"))
        if request.headers.get("x-api-key") not in self.keys:
            return wire.whole(401, refusal("authentication_error", "invalid x-api-key"))
        if body["model"] not in self.models:
            return wire.whole(404, refusal("not_found_error", f"model: {body['model']}"))
        if not 0 <= body.get("temperature", 1) <= 1:
            return wire.whole(400, refusal("invalid_request_error", "temperature: range: 0..1"))
        tokens = sum(len(text.split()) for text in _texts(body))
        if tokens > self.models[body["model"]]:
            message = f"prompt is too long: {tokens} tokens > {self.models[body['model']]} maximum"
            return wire.whole(400, refusal("invalid_request_error", message))
        return self._stream(wire, body, tokens)

    def _stream(self, wire: Wire, body: dict[str, Any], tokens: int) -> None:
        structured = "format" in body.get("output_config", {})
        reply = self.structured if structured else self._reply(body["messages"][-1]["content"][0]["text"])
        stopped = [stop for stop in body.get("stop_sequences", ()) if stop in reply]
        for stop in stopped:
            reply = reply.partition(stop)[0]
        words, most = reply.split(" "), body["max_tokens"]
        wire.head(200, EVENT_STREAM)
        wire.chunk(begin(tokens) + opens())
        for place, word in enumerate(words[:most]):
            wire.chunk(says(word if place == 0 else f" {word}"))
            wire.wait(self._pause)
        reason = "stop_sequence" if stopped else "end_turn"
        wire.chunk(ends("max_tokens" if len(words) > most else reason, min(len(words), most)))
        wire.end()


def _texts(body: dict[str, Any]) -> list[str]:
    blocks = [*body.get("system", ()), *(block for message in body["messages"] for block in message["content"])]
    return [block["text"] for block in blocks]
