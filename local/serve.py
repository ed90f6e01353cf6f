"""`python -m local serve`: start everything, seed the demo, say how to use it, end on Ctrl-C."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Literal

from coaching.errors import CoachingError
from coaching.vocabulary import Role
from infra.system import SYSTEM
from local.api_client import RequestRefusedError
from local.demo import DEMO, Demo, seed
from local.loopback import fetch_json
from local.model_choice import choose_models, missing_models, provide_minilm
from local.recorder import Call, recorded_calls
from local.state_folder import NothingRunsError, StateFolder
from local.system import BusyPortError, LocalSystem, listen, running_system
from local.usage import instructions

EXIT_BUSY_PORT = 2
SAMPLE_USERS: tuple[tuple[Role, str], ...] = (
    ("creator", "demo-creator"),
    ("user", "user-1"),
    ("coach", "demo-coach"),
    ("admin", "demo-admin"),
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """`embedder` and `chat` are empty where the machine decides.

    `record_calls` names a file that gets a JSON line per kind of AWS call that the functions make.
    """

    port: int
    state: StateFolder
    demo: bool = True
    embedder: str = ""
    chat: str = ""
    speech: Literal["none", "transcribe"] = "none"
    record_calls: Path | None = None


class AlreadyRunsError(Exception):
    """Another system uses the state folder."""


class _Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def serve(options: ServeOptions) -> int:
    """Serve until told to end; return the exit status."""
    console = sys.stdout

    def say(line: str) -> None:
        print(line, file=console, flush=True)

    try:
        with _stopped_by_signals(), ExitStack() as stack:
            _serve(options, say, stack)
    except BusyPortError as error:
        print(f"{error} Use another one: make run PORT={options.port + 1}", file=sys.stderr)
        return EXIT_BUSY_PORT
    except AlreadyRunsError as error:
        print(error, file=sys.stderr)
        return EXIT_BUSY_PORT
    except (CoachingError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except _Stopped:
        say("Everything that was started has ended.")
    return 0


def _serve(options: ServeOptions, say: Say, stack: ExitStack) -> None:
    began = time.monotonic()
    _refuse_beside_another(options.state)
    listening = stack.enter_context(listen(options.port))
    choice = choose_models(options.embedder, options.chat)
    say(choice.reason)
    for sentence in missing_models(choice.models):
        say(f"  {sentence}")
    models = replace(choice.models, speech_provider=options.speech)
    if models.embedder != "hash":  # the composer reads by it, whatever search uses
        provide_minilm(say)
    if options.record_calls:
        stack.enter_context(_recorded_in(options.record_calls))
    say("Starting AWS, the functions and the gateway on 127.0.0.1 ...")
    system = stack.enter_context(running_system(SYSTEM, models, options.state, listening))
    say(f"Serving {system.running.url} after {time.monotonic() - began:.1f} s")
    if options.demo:
        _seed(system, say)
        tokens = {role: system.tenants.issue_token(DEMO, role, label) for role, label in SAMPLE_USERS}
        say(instructions(system.running.url, tokens, options.state.log_file))
    say(f"Ready after {time.monotonic() - began:.1f} s. Ctrl-C ends it.")
    while True:
        signal.pause()


def _refuse_beside_another(state: StateFolder) -> None:
    """Raises: AlreadyRunsError if a system runs whose state starting would wipe."""
    try:
        running = state.running()
        fetch_json(f"{running.url}/v1/health", deadline_seconds=1)
    except (NothingRunsError, OSError):
        return
    raise AlreadyRunsError(
        f"A system already runs at {running.url} (process {running.pid}). End it first, or start this one with its own "
        "state: .venv/bin/python -m local --state FOLDER serve --port PORT"
    )


def _seed(system: LocalSystem, say: Say) -> None:
    try:
        seed(Demo.read(), system.tenants, say)
    except (RequestRefusedError, OSError, ValueError) as error:
        # The system itself serves; whoever looks into it needs it running.
        say(f"  The demo is not complete: {error}")


@contextmanager
def _recorded_in(path: Path) -> Iterator[None]:
    with path.open("a", encoding="utf-8", buffering=1) as file:

        def write(call: Call) -> None:
            file.write(json.dumps(call) + "\n")

        with recorded_calls(write):
            yield


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # What ends now is not to be interrupted by impatience.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise _Stopped

    for number in _SIGNALS:
        signal.signal(number, stop)
    yield
