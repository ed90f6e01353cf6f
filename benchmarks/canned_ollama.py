"""A server on this machine, in a process of its own, that speaks Ollama's chat protocol and has its answers ready."""

import json
import multiprocessing
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Final

INSTANT, SLOW, HANGING = "instant", "slow", "hanging"
"""The models: one answers at once, one after `SLOW_SECONDS`, one never."""
SLOW_SECONDS: Final = 0.1
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def serving() -> Iterator[str]:
    """Yield the server's base URL."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def _serve(told: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        told.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        path, body = _received(connection)
        if path == b"/api/ps":
            connection.sendall(_whole({"models": [{"name": name} for name in (INSTANT, SLOW, HANGING)]}))
            return
        asked = json.loads(body)
        wait = {INSTANT: 0.0, SLOW: SLOW_SECONDS, HANGING: None}[asked["model"]]
        connection.settimeout(wait)
        if wait != 0.0:
            with suppress(TimeoutError):
                connection.recv(1)  # returns when the client hangs up
        connection.settimeout(10)
        connection.sendall(_HEAD + _lines(asked["options"]["num_predict"]))


def _received(connection: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65_536)
    return head.split(b" ", 2)[1], body


def _lines(words: int) -> bytes:
    line = {"model": "m", "created_at": "2026-01-05T10:00:00Z", "message": {"role": "assistant", "content": " word"}}
    counts = {"done_reason": "stop", "prompt_eval_count": 9, "eval_count": words, "total_duration": 9}
    every, last = json.dumps(line | {"done": False}), json.dumps(line | {"done": True} | counts)
    return b"".join(_chunk(each.encode() + b"\n") for each in [*[every] * (words - 1), last]) + b"0\r\n\r\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _whole(answer: object) -> bytes:
    body = json.dumps(answer).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
