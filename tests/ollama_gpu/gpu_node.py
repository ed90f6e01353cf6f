"""A node as the container runs it: the entry script over a stand-in for `ollama`, on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "ollama-gpu/entry.sh"
LONG = 60.0
QUICK = {"RETRY_MILLISECONDS": "20", "SETTLE_SECONDS": "0", "ATTEMPTS": "3", "START_SECONDS": "60"}


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class GpuNode:
    """The running script. `said` is what it wrote so far; `folder` is where its `ollama` is told how to behave."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        programs = folder / "bin"
        programs.mkdir(exist_ok=True)
        self._program(programs / "ollama", f'exec {sys.executable} -S {ROOT}/tests/support/fake_ollama.py "$@"')
        # What it copies from S3 is the folder `bucket`.
        self._program(programs / "aws", f'echo "$@" >>{folder}/aws; cp -r {folder}/bucket/. "$5"')
        self._environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",  # noqa: TID251 - what the script is started with
            "HOME": str(folder),
            "FAKE_OLLAMA": str(folder),
            "OLLAMA_HOST": f"127.0.0.1:{self.port}",
            "READY_FILE": str(folder / "ready"),
            "MODELS": "llama3:8b phi3:mini",
            **QUICK,
            **settings,
        }
        self._lines: list[str] = []

    def _program(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        path.chmod(0o755)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(ENTRY), "serve"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        self._lines.extend(self.process.stdout)

    def stop(self) -> None:
        """End what still runs: the script and what it started are a process group of their own."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(LONG)
        self._reader.join(LONG)
        self.process.stdout.close()  # type: ignore[union-attr]

    def may(self, *names: str) -> None:
        """Let requests of these kinds, `loads` or `chats`, be answered."""
        for name in names:
            (self.folder / name).touch()

    @property
    def said(self) -> str:
        return "".join(self._lines)

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        path = self.folder / "asked"
        return [tuple(json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def is_ready(self) -> bool:
        """Run the container's health check."""
        check = subprocess.run([str(ENTRY), "ready"], env=self._environment, timeout=LONG, check=False)
        return check.returncode == 0

    def is_told_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        status = self.process.wait(LONG)
        self._reader.join(LONG)
        return status

    def chat(self) -> str:
        """Ask something and return the answer, or how it was cut off."""
        body = json.dumps({"model": "llama3:8b", "messages": [{"role": "user", "content": "Well?"}]}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/chat", body)
        try:
            with urllib.request.urlopen(request, timeout=LONG) as answer:
                return str(json.load(answer)["message"]["content"])
        except OSError as error:
            return f"cut off: {type(error).__name__}"
