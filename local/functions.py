"""Runs the functions of the plan in this process, as Lambda would run each in its own."""

import importlib
import json
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from infra.plan import Capability, System

current_capability: ContextVar[str | None] = ContextVar("current_capability", default=None)
"""The capability whose code runs now; None in the local run's own code."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
TIMED_OUT = "Sandbox.Timedout"

Json = Any
"""A JSON value."""
Handler = Callable[[Json, "FunctionContext"], Json]
Load = Callable[[str], ModuleType]


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """The context object of an invocation, as Lambda hands it to Python."""

    function_name: str
    memory_limit_in_mb: int
    deadline: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    client_context: None = None
    identity: None = None

    @property
    def invoked_function_arn(self) -> str:
        return function_arn(self.function_name)

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation ended in: a JSON value, or, with `error` (the exception's class name), an error payload."""

    payload: Json
    error: str | None = None


class Functions:
    """The functions of a system. `load` returns a capability's module; it is asked once per capability."""

    def __init__(self, system: System, load: Load | None = None) -> None:
        self._system = system
        self._load = load or handler_module
        self._modules: dict[str, ModuleType] = {}
        self._loading = threading.RLock()

    def capability(self, name: str) -> Capability:
        return self._system.capability(name)

    def module(self, name: str) -> ModuleType:
        """Return the capability's handler module, imported when first asked for."""
        with self._loading:
            if name not in self._modules:
                token = current_capability.set(name)
                try:
                    self._modules[name] = self._load(name)
                finally:
                    current_capability.reset(token)
            return self._modules[name]

    def load_all(self) -> None:
        """Import every handler, so that the first request does not wait for it."""
        for capability in self._system.capabilities:
            self.module(capability.name)

    def invoke(self, name: str, event: Json) -> Outcome:
        """Run the function and wait for it, at most as long as the plan permits."""
        timeout = self.capability(name).timeout_seconds
        try:
            return self.start(name, event).result(timeout)
        except TimeoutError:
            return Outcome(_error_payload(TIMED_OUT, f"Task timed out after {timeout}.00 seconds"), TIMED_OUT)

    def start(self, name: str, event: Json) -> "Future[Outcome]":
        """Run the function in a thread of its own; one that overruns its time is left behind, not waited for."""
        future: Future[Outcome] = Future()
        future.set_running_or_notify_cancel()
        context = self.context(name)
        threading.Thread(
            target=lambda: future.set_result(self._run(name, event, context)), name=f"function-{name}", daemon=True
        ).start()
        return future

    def context(self, name: str) -> FunctionContext:
        capability = self.capability(name)
        return FunctionContext(name, capability.memory_mb, time.monotonic() + capability.timeout_seconds)

    def _run(self, name: str, event: Json, context: FunctionContext) -> Outcome:
        current_capability.set(name)
        try:
            handler: Handler = self.module(name).handler
            return Outcome(json.loads(json.dumps(handler(event, context))))
        except BaseException as error:  # noqa: BLE001 - Lambda reports whatever leaves a handler
            return Outcome(_payload_of(error, context.aws_request_id), type(error).__name__)


def handler_module(name: str) -> ModuleType:
    """Return the module `functions.<name>.handler`."""
    return importlib.import_module(f"functions.{name}.handler")


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def _payload_of(error: BaseException, request_id: str) -> dict[str, Any]:
    return _error_payload(type(error).__name__, str(error)) | {
        "requestId": request_id,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _error_payload(kind: str, message: str) -> dict[str, Any]:
    return {"errorMessage": message, "errorType": kind}
