"""A stand-in for the `ollama` command: `serve` speaks its HTTP API as a 0.17.4 does, `create` asks it as the real one.

It is told how to behave by files in the folder FAKE_OLLAMA: while `loads` or `chats` is missing, such a request waits;
each line of `pulls` is the error of one pull. What it was asked stands in `asked`, one JSON text a line. Standard
library only: it has to start fast.
"""

import json
import os
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["FAKE_OLLAMA"])  # noqa: TID251 - a program of its own
HOST, _, PORT = os.environ["OLLAMA_HOST"].rpartition(":")  # noqa: TID251
LOCK = threading.Lock()
PULLED: set[str] = set()
LOADED: list[str] = []


def wait_for(name: str) -> None:
    while not (FOLDER / name).exists():
        time.sleep(0.005)


def note(path: str, body: dict[str, Any]) -> None:
    with LOCK, (FOLDER / "asked").open("a", encoding="utf-8") as asked:
        asked.write(json.dumps([path, body]) + "\n")


def next_pull_error() -> str:
    script = FOLDER / "pulls"
    with LOCK:
        error, *rest = (script.read_text("utf-8").splitlines() if script.exists() else []) or [""]
        script.write_text("\n".join(rest), "utf-8")
    return error


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path:
            case "/api/version":
                self.answer(200, {"version": "0.17.4"})
            case "/api/ps":
                self.answer(200, {"models": [{"name": name, "size": 1, "size_vram": 1} for name in LOADED]})
            case _:
                self.answer(404, {"error": "404 page not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        note(self.path, body)
        match self.path:
            case "/api/pull":
                self.pull(body["model"])
            case "/api/create":
                self.answer(200, {"status": "success"})
            case "/api/chat" if not body["messages"]:
                self.load(body["model"])
            case "/api/chat":
                wait_for("chats")
                self.answer(200, {"model": body["model"], "message": {"role": "assistant", "content": "Yes."}})

    def pull(self, model: str) -> None:
        if error := next_pull_error():
            return self.answer(500, {"error": error})
        PULLED.add(model)
        return self.answer(200, {"status": "success"})

    def load(self, model: str) -> None:
        here = PULLED | {path.name for path in Path(os.environ["OLLAMA_MODELS"]).glob("*")}  # noqa: TID251
        if model not in here:
            return self.answer(404, {"error": f"model '{model}' not found"})
        wait_for("loads")
        LOADED.append(model)
        return self.answer(200, {"model": model, "done": True, "done_reason": "load"})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def create(model: str, modelfile: str) -> None:
    lines = [line.split(None, 1) for line in Path(modelfile).read_text("utf-8").splitlines()]
    told = {word: rest for word, rest in lines if word != "#"}
    name, value = told["PARAMETER"].split()
    body = {"model": model, "from": told["FROM"], "parameters": {name: int(value)}}
    request = urllib.request.Request(f"http://{HOST}:{PORT}/api/create", json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=30).close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            ThreadingHTTPServer((HOST, int(PORT)), Handler).serve_forever(0.01)
        case ["create", name, "-f", file]:
            create(name, file)
        case other:
            sys.exit(f"Not known here: {other}")
