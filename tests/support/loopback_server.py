"""A loopback HTTP server for the doubles of model servers, which can be told to misbehave.

`with SomeDouble() as server:` listens on `server.url`. Each request takes the next of the `faults` given to `expect`,
and where there is none it is answered properly: by the double's `answer`.
"""

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


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

    def left(self) -> bool:
        """Return whether the client has hung up."""
        connection = self._handler.connection
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self._stopping.is_set()

    def head(self, status: int, content_type: str = "application/x-ndjson", **headers: str) -> None:
        """Begin a chunked answer. Headers are given with underscores: `Retry_After="3"`."""
        self._headers(status, content_type, headers)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        self.raw(b"0\r\n\r\n")

    def whole(
        self, status: int, body: bytes, content_type: str = "application/json; charset=utf-8", **headers: str
    ) -> None:
        self._headers(status, content_type, headers)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self.raw(body)

    def error(self, status: int, sentence: str) -> None:
        self.whole(status, json.dumps({"error": sentence}).encode())

    def _headers(self, status: int, content_type: str, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)


Fault = Callable[[Wire], None]


def in_turn(*steps: Fault) -> Fault:
    """Return the fault that does one step after the other."""

    def run(wire: Wire) -> None:
        for step in steps:
            step(wire)

    return run


@dataclass(frozen=True, slots=True)
class Received:
    """A request: `headers` by their names in small letters, `body` the JSON object that it brought."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class _Listener(ThreadingHTTPServer):
    request_queue_size = 128  # callers that come at once; the usual 5 are too few for a crowd


class LoopbackServer:
    """Listens on 127.0.0.1 alone, from `with` to its end.

    `received` holds every request that brought a body, `running` counts answers under way, `hung_up` callers that left
    early.
    """

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.running = 0
        self.hung_up = 0
        self._port = port
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self._http = _Listener(("127.0.0.1", self._port), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name=type(self).__name__)
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

    def faults_for(self, request: Received) -> deque[Fault]:
        """Return the faults of which this request takes the next."""
        return self._faults

    def answer(self, wire: Wire, request: Received) -> None:
        """Answer as the real server does."""
        raise NotImplementedError

    def serve(self, wire: Wire, request: Received) -> None:
        with self._lock:
            self.running += 1
            faults = self.faults_for(request)
            fault = faults.popleft() if faults else None
            if request.body:
                self.received.append(request)
        try:
            fault(wire) if fault else self.answer(wire, request)
        except ConnectionError:
            with self._lock:
                self.hung_up += 1
        finally:
            with self._lock:
                self.running -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                self.close_connection = True
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.command, self.path, headers, body)
                server.serve(Wire(self, server._stopping), received)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
