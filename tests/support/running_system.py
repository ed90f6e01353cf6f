"""The whole system in a process of its own, as `make run` starts it, but with nothing that needs a model."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from coaching.vocabulary import Role
from local.aws import AwsClients
from local.recorder import Call
from local.state_folder import NothingRunsError, Running, StateFolder
from local.system import tenants_of

START_SECONDS = 90.0
STOP_SECONDS = 10.0
REPOSITORY = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class RunningSystem:
    """A system that serves, with the hash embedder and the composer. `url` is its API."""

    running: Running
    state: StateFolder
    calls_file: Path
    pid: int

    @property
    def url(self) -> str:
        return self.running.url

    @property
    def aws(self) -> AwsClients:
        """Clients of the AWS behind it."""
        return AwsClients(self.running.aws_url)

    def token(self, creator: str, role: Role = "user", user: str | None = None) -> str:
        """Return an ID token of the creator's user; an unknown creator or user comes into being."""
        return tenants_of(self.running).issue_token(creator, role, user)

    @property
    def vectors(self) -> Path:
        """Where the passages lie, a folder per creator."""
        return self.state.folder / "vectors"

    def logs(self) -> str:
        """Return everything that the functions logged so far, JSON by lines."""
        return self.state.log_file.read_text(encoding="utf-8")

    def calls(self) -> frozenset[Call]:
        """Return every kind of AWS call that the functions made so far."""
        lines = self.calls_file.read_text(encoding="utf-8").splitlines()
        return frozenset(Call(*json.loads(line)) for line in lines)


@contextmanager
def serving(folder: Path, *arguments: str, models: Mapping[str, str] | None = None) -> Iterator[RunningSystem]:
    """Start the system on a free port with its state in `folder`, without the demo, and end it afterwards.

    `models` are the variables that say which models word replies; without them none does.
    """
    state = StateFolder(folder / "state")
    calls_file = folder / "calls.jsonl"
    calls_file.touch()
    command = [sys.executable, "-m", "local", "--state", str(state.folder), "serve", "--port", "0", "--no-demo"]
    command += ["--embedder", "hash", "--record-calls", str(calls_file), *arguments]
    command += [] if models else ["--chat", "composer"]
    with (folder / "console.txt").open("w", encoding="utf-8") as console:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=_environment() | dict(models or {}), stdout=console, stderr=console
        )
        try:
            running = _await_running(process, state, console)
            yield RunningSystem(running, state, calls_file, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_running(process: "subprocess.Popen[bytes]", state: StateFolder, console: IO[str]) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return state.running()
        except NothingRunsError:
            time.sleep(0.05)
    said = Path(console.name).read_text(encoding="utf-8")
    raise RuntimeError(f"The system did not start (exit status {process.poll()}). It said:\n{said}")


def _environment() -> dict[str, str]:
    """Return this process's environment without what chooses models or accounts."""
    unwanted = ("AWS_", "OLLAMA_", "GGUF_", "CHAT_", "OPENAI_", "ANTHROPIC_", "HUGGINGFACE_", "POWERTOOLS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}  # noqa: TID251
