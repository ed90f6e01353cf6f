"""A server on this machine that speaks enough of OpenAI's protocol and answers at once."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 384


@contextmanager
def serving(answer: str) -> Iterator[str]:
    """Yield the base URL of a server whose model always says `answer` and whose embeddings are all alike."""
    handler = type("Handler", (_Handler,), {"answer": answer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self._embedded(asked) if self.path.endswith("/embeddings") else self._said()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the figures stand on the same screen."""

    def _embedded(self, asked: dict[str, Any]) -> dict[str, Any]:
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        vectors = [{"object": "embedding", "index": n, "embedding": [1.0] * DIMENSION} for n in range(len(texts))]
        return {"object": "list", "data": vectors, "model": "instant", "usage": {"prompt_tokens": 0, "total_tokens": 0}}

    def _said(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.answer}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "instant",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
