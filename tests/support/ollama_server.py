"""A loopback server that speaks Ollama's chat protocol as a real 0.17.4 does, and that can be told to misbehave.

It answers with what `reply` makes of the last message, word by word.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from coaching.adapters.embedding.hashing import HashEmbedder
from tests.support.loopback_server import Fault, LoopbackServer, Received, Wire

EMBEDDING_WINDOW = 2_048
_NANOSECONDS = {"total_duration": 9, "load_duration": 4, "prompt_eval_duration": 3, "eval_duration": 2}


def text_line(text: str, **more: object) -> bytes:
    """Return one line of a streamed answer."""
    message = {"role": "assistant", "content": text}
    line = {"model": "tiny", "created_at": "2026-01-05T10:00:00.000000Z", "message": message, "done": False}
    return json.dumps(line | more, ensure_ascii=False).encode() + b"\n"


def last_line(input_tokens: int, output_tokens: int, reason: str = "stop") -> bytes:
    """Return the line that ends an answer: no text, but counters."""
    counts = {"prompt_eval_count": input_tokens, "eval_count": output_tokens}
    return text_line("", done=True, done_reason=reason, **counts, **_NANOSECONDS)


class OllamaServer(LoopbackServer):
    """The server; `models` maps each name to its window in tokens (a word is a token here).

    `requests` holds the bodies of the chats and embeddings. `pause` is the time in seconds between two words. A model
    is cold until it is loaded, by a chat or by one without messages (`loads` holds their bodies); a client that leaves
    meanwhile aborts the load (`aborted_loads`), and while `may_load` is not set none ends. `loaded` maps each model in
    memory to its window. Faults spare `/api/ps` and chats without messages, which have their own: `aside_faults`.
    """

    def __init__(
        self,
        models: Mapping[str, int] | None = None,
        reply: Callable[[str], str] = lambda text: f"You said: {text}",
        pause: float = 0.0,
        port: int = 0,
    ) -> None:
        super().__init__(port)
        self.models = dict(models or {"tiny": 4096})
        self.embedders = {"nomic-embed-text": 768, "all-minilm": 384}
        self.loaded: dict[str, int] = {}
        self.aborted_loads = 0
        self.may_load = threading.Event()
        self.may_load.set()
        self.aside_faults: deque[Fault] = deque()
        self._reply = reply
        self._pause = pause

    @property
    def requests(self) -> list[dict[str, Any]]:
        asked = [each.body for each in self.received if each.path in ("/api/chat", "/api/embed")]
        return [body for body in asked if body.get("messages") != []]

    @property
    def loads(self) -> list[dict[str, Any]]:
        return [request.body for request in self.received if request.body.get("messages") == []]

    def faults_for(self, request: Received) -> deque[Fault]:
        aside = request.path == "/api/ps" or request.body.get("messages") == []
        return self.aside_faults if aside else super().faults_for(request)

    def answer(self, wire: Wire, request: Received) -> None:
        path, body = request.path, request.body
        if path == "/api/tags":
            names = [{"name": name, "model": name} for name in self.models]
            wire.whole(200, json.dumps({"models": names}).encode())
        elif path == "/api/ps":
            wire.whole(200, json.dumps({"models": self._in_memory()}).encode())
        elif path == "/api/chat":
            self._chat(wire, body)
        elif path == "/api/embed":
            self._embed(wire, body)
        else:
            wire.whole(404, b"404 page not found", "text/plain")

    def _chat(self, wire: Wire, body: dict[str, Any]) -> None:
        model, options = body["model"], body.get("options", {})
        if model in self.embedders:
            return wire.error(400, f'"{model}" does not support chat')
        if model not in self.models:
            return wire.error(404, f"model '{model}' not found")
        if not all(isinstance(value, int | float | list) for value in options.values()):
            return wire.error(500, 'option "temperature" must be of type float32')
        if "format" in body and not isinstance(body["format"].get("properties"), dict):
            return wire.error(500, "invalid JSON schema in format")
        window = min(options.get("num_ctx", 4096), self.models[model])
        tokens = sum(len(message["content"].split()) for message in body["messages"])
        if tokens > window and body.get("truncate") is False:
            return wire.error(400, "the input length exceeds the context length")
        if not self._load(wire, model, window):
            return None
        if not body["messages"]:
            return wire.whole(200, text_line("", done=True, done_reason="load"), "application/x-ndjson")
        said = self._reply(body["messages"][-1]["content"])
        if "format" in body:
            said = json.dumps(dict.fromkeys(body["format"]["properties"], said))
        for stop in options.get("stop", ()):
            said = said.partition(stop)[0]
        return self._stream(wire, said.split(" "), options.get("num_predict"), min(tokens, window))

    def _in_memory(self) -> list[dict[str, Any]]:
        # A name without a tag is listed with one.
        return [
            {"name": name if ":" in name else f"{name}:latest", "size": 1, "size_vram": 0, "context_length": window}
            for name, window in self.loaded.items()
        ]

    def _load(self, wire: Wire, model: str, window: int) -> bool:
        """Return whether the model is in memory now; not if the client left."""
        if self.loaded.get(model) == window:
            return True
        while not self.may_load.wait(0.01):
            if wire.left() or self._stopping.is_set():
                self.aborted_loads += 1
                return False
        self.loaded[model] = window
        return True

    def _embed(self, wire: Wire, body: dict[str, Any]) -> None:
        """Answer with vectors of length 1 that texts share as far as they share words."""
        model, texts = body["model"], body["input"]
        if model not in self.embedders:
            return wire.error(404, f'model "{model}" not found, try pulling it first')
        if body.get("truncate") is False and any(len(text.split()) > EMBEDDING_WINDOW for text in texts):
            return wire.error(400, "the input length exceeds the context length")
        cut = [" ".join(text.split()[:EMBEDDING_WINDOW]) for text in texts]
        vectors = HashEmbedder(self.embedders[model]).embed(cut, "passage").tolist()
        answer = {"model": model, "embeddings": vectors, "total_duration": 9, "load_duration": 4}
        return wire.whole(200, json.dumps(answer | {"prompt_eval_count": len(" ".join(cut).split())}).encode())

    def _stream(self, wire: Wire, words: list[str], most: int | None, input_tokens: int) -> None:
        wire.head(200)
        for place, word in enumerate(words[:most]):
            wire.chunk(text_line(word if place == 0 else f" {word}"))
            wire.wait(self._pause)
        reason = "length" if len(words[:most]) < len(words) else "stop"
        wire.chunk(last_line(input_tokens, len(words[:most]), reason))
        wire.end()
