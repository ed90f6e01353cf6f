"""`python -m local invoke`: one function, one event, its result."""

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from infra.system import SYSTEM
from local.cloud import Cloud, running_cloud
from local.environment import MINILM_FOLDER, Models, function_environment, use_environment
from local.functions import Functions, Json, Outcome
from local.occasion import provide
from local.state_folder import NothingRunsError, StateFolder
from local.web_adapter import call_asgi

_EXECUTION_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.1


def invoke(capability: str, event_file: Path, state: StateFolder) -> int:
    """Print the function's result as JSON and return 0, or its error and return 1.

    Raises: ValueError for an unknown capability or a file that is not JSON; OSError for one that is not there.
    """
    # What moto logs of a failed execution is told by its status; without a handler Python prints it.
    logging.getLogger().addHandler(logging.NullHandler())
    known = [each.name for each in SYSTEM.capabilities]
    if capability not in known:
        raise ValueError(f"There is no capability `{capability}`. Known are: {', '.join(known)}.")
    event = _read(event_file)
    functions = Functions(SYSTEM)
    with _surroundings(functions, state) as cloud:
        _trust_the_client_of(event)
        # What functions print is their log; standard output is for the result.
        with redirect_stdout(sys.stderr):
            provide(capability, event, functions, ingests=cloud is None)
            outcome = _outcome(functions, capability, event)
            if cloud:
                _await_executions(cloud)
    print(json.dumps(outcome.payload, indent=2, ensure_ascii=False))
    return 1 if outcome.error else 0


def _read(path: Path) -> Json:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error


def _outcome(functions: Functions, capability: str, event: Json) -> Outcome:
    if not functions.capability(capability).asgi:
        return functions.invoke(capability, event)
    with asyncio.Runner() as runner:
        return Outcome(call_asgi(functions.module(capability).app, event, runner))


@contextmanager
def _surroundings(functions: Functions, state: StateFolder) -> Iterator[Cloud | None]:
    """Give the functions the running system's environment, or else a cloud of their own, which is returned."""
    try:
        running = state.running()
    except NothingRunsError:
        models = Models(embedder="minilm" if (MINILM_FOLDER / "card.json").exists() else "hash")
        with tempfile.TemporaryDirectory() as folder, running_cloud(SYSTEM, functions) as cloud:
            use_environment(function_environment(SYSTEM, cloud, models, StateFolder(Path(folder))))
            print("No system runs: this uses an AWS made for the occasion.", file=sys.stderr)
            yield cloud
    else:
        use_environment(running.environment)
        print(f"This uses the system that runs at {running.url}.", file=sys.stderr)
        yield None


def _trust_the_client_of(event: Json) -> None:
    """Let the claims of a sample request count: they name a client that only the sample knows."""
    claims = event.get("requestContext", {}).get("authorizer", {}).get("claims", {}) if isinstance(event, dict) else {}
    if "aud" in claims:
        use_environment({"USER_POOL_CLIENT_ID": claims["aud"]})


def _await_executions(cloud: Cloud) -> None:
    """Wait for what the function started, and say on standard error how each execution ended."""
    deadline = time.monotonic() + _EXECUTION_SECONDS
    for name, arn in cloud.state_machine_arns.items():
        for execution in cloud.clients.stepfunctions.list_executions(stateMachineArn=arn)["executions"]:
            status: str = execution["status"]
            while status == "RUNNING" and time.monotonic() < deadline:
                time.sleep(_LOOK_AGAIN_SECONDS)
                described = cloud.clients.stepfunctions.describe_execution(executionArn=execution["executionArn"])
                status = described["status"]
            print(f"State machine {name}, {execution['name']}: {status}", file=sys.stderr)
