"""The commands of the local run: serve | token | invoke | outbox."""

import argparse
import os
import sys
from pathlib import Path
from typing import get_args

from coaching.vocabulary import Role
from local.state_folder import DEFAULT_FOLDER, NothingRunsError, StateFolder

_INVOKE = """\
Runs one function on one event and prints its result as JSON.

While a system runs (`make run`), the function works on its data. Otherwise an AWS in memory is made for this one
call. In both cases what the event names is provided first where it is missing: the creator, a conversation, and a
document with the bytes of events/notes.md, worked on by the steps that come before the one invoked. In the AWS made
for the call, the state machines that the function starts are waited for, and their ends reported.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0, 1 for a failure with its reason, 2 for a wrong command line."""
    given = _parser().parse_args(arguments)
    state = StateFolder(given.state)
    try:
        match given.command:
            case "serve":
                return _serve(given, state)
            case "token":
                return _token(given, state)
            case "outbox":
                return _outbox(state)
            case _:
                return _invoke(given, state)
    except (NothingRunsError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve(given: argparse.Namespace, state: StateFolder) -> int:
    from local.serve import ServeOptions, serve

    return serve(
        ServeOptions(given.port, state, given.demo, given.embedder, given.chat, given.speech, given.record_calls)
    )


def _token(given: argparse.Namespace, state: StateFolder) -> int:
    running = state.running()
    from local.api_client import RequestRefusedError
    from local.system import tenants_of

    try:
        print(tenants_of(running).issue_token(given.creator, given.role, given.user))
    except RequestRefusedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _outbox(state: StateFolder) -> int:
    from local.outbox import outbox, written

    print(written(outbox(state.running().aws_url)))
    return 0


def _invoke(given: argparse.Namespace, state: StateFolder) -> int:
    from local.invoke import invoke

    return invoke(given.capability, given.event, state)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text[:6]) > 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole system on this machine.")
    parser.add_argument("--state", type=Path, default=DEFAULT_FOLDER, help="where a running system keeps its state")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start everything and seed the creator `demo`")
    serve.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8080")
    serve.add_argument("--no-demo", dest="demo", action="store_false", help="start empty")
    serve.add_argument("--embedder", choices=["minilm", "hash"], default="")
    serve.add_argument("--chat", choices=["composer"], default="", help="do not look for a model")
    serve.add_argument(
        "--speech", choices=["none", "transcribe"], default="none", help="with `transcribe`, tests bring the transcript"
    )
    serve.add_argument("--record-calls", type=Path, help="write which AWS calls the functions make to this file")
    token = commands.add_parser("token", help="print an ID token for the running system")
    token.add_argument("--creator", default="demo", help="an unknown one is created")
    token.add_argument("--role", choices=get_args(Role), default="user")
    token.add_argument("--user", help="an unknown one is created; by default CREATOR-ROLE")
    commands.add_parser("outbox", help="print what would have been sent by e-mail and SMS")
    invoke = commands.add_parser(
        "invoke",
        help="run one function on one event",
        description=_INVOKE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    invoke.add_argument("capability", metavar="CAPABILITY")
    invoke.add_argument("event", type=Path, metavar="EVENT.json")
    return parser


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A function that overran its time may still run in a thread that nobody can end.
    os._exit(status)
