"""A loopback server that speaks Ollama's chat protocol as a real 0.17.4 does, and that can be told to misbehave.

`with OllamaServer() as server:` listens on `server.url`. Each request takes the next of the `faults` given to `expect`,
and where there is none it is answered properly: with what `reply` makes of the last message, word by word.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from coaching.adapters.embedding.hashing import HashEmbedder

EMBEDDING_WINDOW = 2_048
_NANOSECONDS = {"total_duration": 9, "load_duration": 4, "prompt_eval_duration": 3, "eval_duration": 2}


class Wire:
    """What a fault may do with one connection: send bytes as it likes, wait, hang up."""

    def __init__(self, handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
        self._handler = handler
        self._stopping = stopping

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def wait(self, seconds: float = 30.0) -> None:
        """Sleep, or until the server stops."""
        self._stopping.wait(seconds)

    def head(self, status: int, content_type: str = "application/x-ndjson") -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        self.raw(b"0\r\n\r\n")

    def whole(self, status: int, body: bytes, content_type: str = "application/json; charset=utf-8") -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self.raw(body)

    def error(self, status: int, sentence: str) -> None:
        self.whole(status, json.dumps({"error": sentence}).encode())


Fault = Callable[[Wire], None]


def text_line(text: str, **more: object) -> bytes:
    """Return one line of a streamed answer."""
    message = {"role": "assistant", "content": text}
    line = {"model": "tiny", "created_at": "2026-01-05T10:00:00.000000Z", "message": message, "done": False}
    return json.dumps(line | more, ensure_ascii=False).encode() + b"\n"


def last_line(input_tokens: int, output_tokens: int, reason: str = "stop") -> bytes:
    """Return the line that ends an answer: no text, but counters."""
    counts = {"prompt_eval_count": input_tokens, "eval_count": output_tokens}
    return text_line("", done=True, done_reason=reason, **counts, **_NANOSECONDS)


class OllamaServer:
    """The server; `models` maps each name to its window in tokens (a word is a token here).

    `requests` holds the bodies of the chats and embeddings, `running` counts answers under way, `hung_up` callers that
    left early. `pause` is the time in seconds between two words.
    """

    def __init__(
        self,
        models: Mapping[str, int] | None = None,
        reply: Callable[[str], str] = lambda text: f"You said: {text}",
        pause: float = 0.0,
        port: int = 0,
    ) -> None:
        self.models = dict(models or {"tiny": 4096})
        self.embedders = {"nomic-embed-text": 768, "all-minilm": 384}
        self.requests: list[dict[str, Any]] = []
        self.running = 0
        self.hung_up = 0
        self._reply = reply
        self._pause = pause
        self._port = port
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="ollama double")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def expect(self, *faults: Fault) -> None:
        """Answer the next requests so, in this order."""
        self._faults.extend(faults)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve({})

            def do_POST(self) -> None:
                self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _serve(self, body: dict[str, Any]) -> None:
                self.close_connection = True
                server.serve(Wire(self, server._stopping), self.path, body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler

    def serve(self, wire: Wire, path: str, body: dict[str, Any]) -> None:
        with self._lock:
            self.running += 1
            fault = self._faults.popleft() if self._faults else None
            if path in ("/api/chat", "/api/embed"):
                self.requests.append(body)
        try:
            fault(wire) if fault else self._answer(wire, path, body)
        except ConnectionError:
            with self._lock:
                self.hung_up += 1
        finally:
            with self._lock:
                self.running -= 1

    def _answer(self, wire: Wire, path: str, body: dict[str, Any]) -> None:
        if path == "/api/tags":
            names = [{"name": name, "model": name} for name in self.models]
            wire.whole(200, json.dumps({"models": names}).encode())
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
        if not all(isinstance(value, int | float) for value in options.values()):
            return wire.error(500, 'option "temperature" must be of type float32')
        window = min(options.get("num_ctx", 4096), self.models[model])
        tokens = sum(len(message["content"].split()) for message in body["messages"])
        if tokens > window and body.get("truncate") is False:
            return wire.error(400, "the input length exceeds the context length")
        if not body["messages"]:
            return wire.whole(200, text_line("", done=True, done_reason="load"), "application/x-ndjson")
        words = self._reply(body["messages"][-1]["content"]).split(" ")[: options.get("num_predict")]
        return self._stream(wire, words, min(tokens, window))

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

    def _stream(self, wire: Wire, words: list[str], input_tokens: int) -> None:
        wire.head(200)
        for place, word in enumerate(words):
            wire.chunk(text_line(word if place == 0 else f" {word}"))
            wire.wait(self._pause)
        wire.chunk(last_line(input_tokens, len(words)))
        wire.end()
