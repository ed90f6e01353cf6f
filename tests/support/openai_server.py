"""A loopback server that speaks OpenAI's protocol for chats and embeddings, and that can be told to misbehave.

The shapes are those of https://platform.openai.com/docs/api-reference/chat/streaming. It answers with what `reply`
makes of the last message, word by word; with `structured` where the request has a schema.
"""

import json
from typing import Any, ClassVar

from coaching.adapters.embedding.hashing import HashEmbedder
from tests.support.hosted_server import HostedServer
from tests.support.loopback_server import Received, Wire

EVENT_STREAM = "text/event-stream; charset=utf-8"
MOST_STOP_WORDS = 4


def chunk(**more: object) -> bytes:
    """Return one event of a stream."""
    fixed = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_600_000, "model": "tiny"}
    return b"data: " + json.dumps(fixed | more, ensure_ascii=False).encode() + b"\n\n"


def delta(finish_reason: str | None = None, **delta: object) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return chunk(choices=[choice], usage=None)


def says(text: str) -> bytes:
    return delta(content=text)


def counts(input_tokens: int, output_tokens: int, **kept: int) -> bytes:
    """Return the event after the last choice, which has no choices."""
    usage = {"prompt_tokens": input_tokens, "completion_tokens": output_tokens, "total_tokens": 0}
    return chunk(choices=[], usage=usage | ({"prompt_tokens_details": kept} if kept else {}))


BEGIN = delta(role="assistant", content="", refusal=None)
DONE = b"data: [DONE]\n\n"


def refusal(message: str, type: str = "invalid_request_error", code: str | int | None = None) -> bytes:
    """Return the body of an error."""
    return json.dumps({"error": {"message": message, "type": type, "param": None, "code": code}}).encode()


class OpenAIServer(HostedServer):
    """The server; `models` maps each name to its window (a word is a token here), `keys` are those that are let in."""

    EMBEDDERS: ClassVar = {"text-embedding-3-small": 1536}

    def answer(self, wire: Wire, request: Received) -> None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.keys:
            return wire.whole(401, refusal("Incorrect API key provided: sk-b**d.", code="invalid_api_key"))
        if request.path == "/v1/embeddings":
            return self._embed(wire, request.body)
        if request.path == "/v1/chat/completions":
            return self._chat(wire, request.body)
        return wire.whole(404, refusal(f"Invalid URL (POST {request.path})"))

    def _chat(self, wire: Wire, body: dict[str, Any]) -> None:
        if body["model"] not in self.models:
            return wire.whole(
                404, refusal("The model does not exist or you have no access to it.", code="model_not_found")
            )
        if len(body.get("stop", ())) > MOST_STOP_WORDS:
            return wire.whole(400, refusal("Invalid 'stop': array too long.", code="array_above_max_length"))
        tokens = sum(len(message["content"].split()) for message in body["messages"])
        if tokens > self.models[body["model"]]:
            message = f"This model's maximum context length is {self.models[body['model']]} tokens."
            return wire.whole(400, refusal(message, code="context_length_exceeded"))
        reply = self.structured if "response_format" in body else self._reply(body["messages"][-1]["content"])
        for stop in body.get("stop", ()):
            reply = reply.partition(stop)[0]
        words = reply.split(" ")
        most = body.get("max_completion_tokens", body.get("max_tokens", 100))
        return self._stream(wire, words[:most], "length" if len(words) > most else "stop", tokens)

    def _stream(self, wire: Wire, words: list[str], finish_reason: str, input_tokens: int) -> None:
        wire.head(200, EVENT_STREAM)
        wire.chunk(BEGIN)
        for place, word in enumerate(words):
            wire.chunk(says(word if place == 0 else f" {word}"))
            wire.wait(self._pause)
        wire.chunk(delta(finish_reason))
        wire.chunk(counts(input_tokens, len(words)))
        wire.chunk(DONE)
        wire.end()

    def _embed(self, wire: Wire, body: dict[str, Any]) -> None:
        """Answer with vectors that texts share as far as they share words."""
        model, texts = body["model"], body["input"]
        if model not in self.embedders:
            return wire.whole(404, refusal("The model does not exist.", code="model_not_found"))
        if not texts or "" in texts:
            return wire.whole(400, refusal("'$.input' is invalid."))
        if any(len(text.split()) > 8192 for text in texts):
            return wire.whole(400, refusal("This model's maximum context length is 8192 tokens."))
        vectors = HashEmbedder(self.embedders[model]).embed(texts, "passage").tolist()
        data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": data[::-1], "model": model, "usage": usage}
        return wire.whole(200, json.dumps(answer).encode())
