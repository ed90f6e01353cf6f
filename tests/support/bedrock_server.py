"""A loopback server that speaks Bedrock's ConverseStream and InvokeModel, and that can be told to misbehave.

It answers with what `reply` makes of the last message, word by word; with the forced tool's input `structured` where
there is one. Signatures are not checked, but that there is one, of a key in `keys`.
"""

import json
import re
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest

from coaching.adapters.embedding.hashing import HashEmbedder
from tests.support.event_stream import event
from tests.support.hosted_server import HostedServer
from tests.support.loopback_server import Received, Wire

EVENT_STREAM = "application/vnd.amazon.eventstream"
KEY = "AKIAGOOD"
_PATH = re.compile(r"/model/([^/]+)/(converse-stream|invoke)")
_SIGNED_BY = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/\d{8}/us-east-1/bedrock/aws4_request, SignedHeaders=.*host")


def given_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boto3 find the key that the server lets in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)


def begin() -> bytes:
    return event("messageStart", role="assistant")


def says(text: str) -> bytes:
    return event("contentBlockDelta", contentBlockIndex=0, delta={"text": text})


def puts_in(json_piece: str) -> bytes:
    return event("contentBlockDelta", contentBlockIndex=0, delta={"toolUse": {"input": json_piece}})


def stops(reason: str = "end_turn") -> bytes:
    return event("contentBlockStop", contentBlockIndex=0) + event("messageStop", stopReason=reason)


def counts(input_tokens: int = 5, output_tokens: int = 2, **cached: int) -> bytes:
    used = {"inputTokens": input_tokens, "outputTokens": output_tokens, "totalTokens": input_tokens + output_tokens}
    return event("metadata", usage=used | cached, metrics={"latencyMs": 9})


def refusal(wire: Wire, status: int, name: str, sentence: str, **headers: str) -> None:
    """Answer with an error as Bedrock does: its name in a header, its sentence in the body."""
    body = json.dumps({"message": sentence}).encode()
    wire.whole(status, body, "application/json", x_amzn_ErrorType=f"{name}:http://internal.amazon.com/", **headers)


class BedrockServer(HostedServer):
    """The server; `models` maps each name to its window (a word is a token here), `embedders` to their dimension."""

    MODELS: ClassVar = {"vendor.tiny-v1:0": 1024}
    EMBEDDERS: ClassVar = {"amazon.titan-embed-text-v2:0": 1024, "cohere.embed-english-v3": 1024}
    KEYS: ClassVar = frozenset({KEY})

    def answer(self, wire: Wire, request: Received) -> None:
        asked = _PATH.fullmatch(request.path)
        signed = _SIGNED_BY.match(request.headers.get("authorization", ""))
        if asked is None:
            return refusal(wire, 404, "UnknownOperationException", "")
        if signed is None or signed[1] not in self.keys:
            return refusal(wire, 403, "UnrecognizedClientException", "The security token in the request is invalid.")
        model = unquote(asked[1])
        if asked[2] == "invoke" and model in self.embedders:
            return self._embed(wire, model, request.body)
        if asked[2] == "invoke" or model not in self.models:
            return refusal(wire, 400, "ValidationException", "The provided model identifier is invalid.")
        return self._converse(wire, self.models[model], request.body)

    def _converse(self, wire: Wire, window: int, body: dict[str, Any]) -> None:
        tokens = sum(len(text.split()) for text in _texts(body))
        if tokens > window:
            return refusal(wire, 400, "ValidationException", "Input is too long for requested model.")
        forced = "toolConfig" in body
        reply = self.structured if forced else self._reply(body["messages"][-1]["content"][-1]["text"])
        stopped = [stop for stop in body["inferenceConfig"].get("stopSequences", ()) if stop in reply]
        for stop in stopped:
            reply = reply.partition(stop)[0]
        words, most = reply.split(" "), body["inferenceConfig"]["maxTokens"]
        wire.head(200, EVENT_STREAM)
        wire.chunk(begin())
        for place, word in enumerate(words[:most]):
            wire.chunk((puts_in if forced else says)(word if place == 0 else f" {word}"))
            wire.wait(self._pause)
        reason = "stop_sequence" if stopped else "tool_use" if forced else "end_turn"
        wire.chunk(stops("max_tokens" if len(words) > most else reason))
        wire.chunk(counts(tokens, min(len(words), most)))
        return wire.end()

    def _embed(self, wire: Wire, model: str, body: dict[str, Any]) -> None:
        """Answer in the model's own shape, with vectors that texts share as far as they share words."""
        cohere = model.startswith("cohere.")
        texts = body["texts"] if cohere else [body["inputText"]]
        if not all(texts) or (not cohere and len(texts[0].split()) > 8192):
            return refusal(wire, 400, "ValidationException", "Malformed input request: expected minLength: 1")
        vectors = HashEmbedder(body.get("dimensions", self.embedders[model])).embed(texts, "passage").tolist()
        counted = len(" ".join(texts).split())
        titan = {"embedding": vectors[0], "inputTextTokenCount": counted}
        answer = {"embeddings": {"float": vectors}, "response_type": "embeddings_by_type"} if cohere else titan
        return wire.whole(200, json.dumps(answer).encode(), "application/json")


def _texts(body: dict[str, Any]) -> list[str]:
    blocks = [*body.get("system", ()), *(block for message in body["messages"] for block in message["content"])]
    return [block["text"] for block in blocks if "text" in block]
