"""Handlers that a test writes, in place of the functions' own."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from infra.plan import Capability, Queue, Route, StateMachine, System, Table
from local.functions import FunctionContext, Functions, Json

Handler = Callable[[Json, FunctionContext], Json]


class HandlerBoard:
    """Pins a handler (or an ASGI `app`) to a capability; one without any answers `{}`."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.apps: dict[str, Any] = {}
        self.events: dict[str, list[Json]] = {}

    def clear(self) -> None:
        self.handlers.clear()
        self.apps.clear()
        self.events.clear()

    def load(self, name: str) -> ModuleType:
        module = ModuleType(name)

        def handler(event: Json, context: FunctionContext) -> Json:
            self.events.setdefault(name, []).append(event)
            return self.handlers[name](event, context) if name in self.handlers else {}

        module.handler = handler  # type: ignore[attr-defined]
        module.app = self.apps.get(name)  # type: ignore[attr-defined]
        return module

    def functions(self, system: System) -> Functions:
        return Functions(system, self.load)


def system_of(
    *capabilities: Capability,
    routes: tuple[Route, ...] = (),
    queues: tuple[Queue, ...] = (),
    state_machines: tuple[StateMachine, ...] = (),
) -> System:
    """Return a small plan for a test."""
    return System(
        capabilities=capabilities,
        routes=routes,
        table=Table("coaching", "pk", "sk", "expires_at"),
        buckets=(),
        queues=queues,
        rules=(),
        state_machines=state_machines,
    )
