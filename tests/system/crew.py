"""A creator with two coaches who are always on call, and users, over HTTP."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from coaching.adapters.aws.escalations import DynamoDBEscalations
from coaching.adapters.aws.table import DynamoDBTable
from coaching.safety.escalation.record import Escalation, EscalationId
from coaching.vocabulary import CreatorId, new_ulid, now
from infra.system import SYSTEM
from local.outbox import Sent, outbox
from tests.support.http_client import Client, client
from tests.support.running_system import RunningSystem

DEADLINE_SECONDS = 60.0
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
DANGER = "I want to kill myself"
GRAVE = "I am going to kill myself tonight. I have the pills and I wrote the goodbye letters."
CALM = "How many rest days has a lantern week?"
T = TypeVar("T")


def sub_of(someone: Client) -> str:
    """Return the user id in a client's token."""
    payload = someone.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["sub"])


def acts_to(coach: Client) -> list[tuple[str, Any]]:
    """Return everything that a coach may do with an escalation; handing over is to `coach`."""
    handing_over = ("hand-over", {"to": sub_of(coach)})
    return [("claim", None), ("message", {"text": "Hello."}), handing_over, ("resolve", {"outcome": "safe_now"})]


def until(found: Callable[[], T]) -> T:
    """Return what is found as soon as there is something."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (here := found()):
        assert time.monotonic() < deadline, "What was waited for did not come."
        time.sleep(0.05)
    return here


@dataclass(frozen=True)
class Crew:
    """`name` is the creator's. Anna has an e-mail and a phone, Ben a phone, the creator and the duty line an e-mail."""

    system: RunningSystem
    name: str

    def on_duty(self, **changes: Any) -> "Crew":
        """Put the rota."""
        anna, ben = sub_of(self.coach("anna")), sub_of(self.coach("ben"))
        rota = {
            "coaches": {
                anna: {"name": "Anna", "email": f"anna@{self.name}.test", "phone": "+4915112345678"},
                ben: {"name": "Ben", "phone": "+4915112345679"},
            },
            "hours": [
                {"coach_id": coach, "weekdays": EVERY_DAY, "starts": "00:00", "ends": "00:00"} for coach in (anna, ben)
            ],
            "creator": {"name": "Owner", "email": f"owner@{self.name}.test"},
            "emergency": {"name": "Duty line", "email": f"duty@{self.name}.test"},
        }
        self.creator.call("PUT", "/v1/rota", rota | changes)
        return self

    @property
    def creator(self) -> Client:
        return client(self.system, self.name, "creator")

    def coach(self, label: str) -> Client:
        return client(self.system, self.name, "coach", label)

    def user(self, label: str = "") -> Client:
        """Return a user; without a label a new one."""
        return client(self.system, self.name, "user", label or f"u-{new_ulid()}")

    def flagged(self, text: str = DANGER, user: Client | None = None) -> str:
        """Return the id of the escalation that a message raises."""
        asking = user or self.user()
        escalation_id: str = asking.ask(asking.converse(), text)["escalation_id"]
        assert escalation_id
        return escalation_id

    def sent(self, escalation_id: str) -> list[Sent]:
        """Return what was sent about an escalation."""
        return [each for each in outbox(self.system.running.aws_url) if escalation_id in each.subject + each.text]

    def told(self, escalation_id: str) -> list[str]:
        """Return the trail's circles that were told, once anybody was."""
        return [step.detail for step in self.kept(escalation_id).steps if step.act == "told"]

    def await_told(self, escalation_id: str) -> None:
        until(lambda: self.told(escalation_id))

    @property
    def records(self) -> DynamoDBEscalations:
        return DynamoDBEscalations(DynamoDBTable(lambda: self.system.aws.dynamodb, SYSTEM.table.name))

    def kept(self, escalation_id: str) -> Escalation:
        return self.records.get(CreatorId(self.name), EscalationId(escalation_id))

    def overdue(self, escalation_id: str, by: timedelta = timedelta(seconds=1)) -> None:
        """Let the time pass until the next round, or the end of a claim."""
        self.records.save(replace(self.kept(escalation_id), next_at=now() - by))

    def advance(self, escalation_id: str) -> dict[str, Any]:
        """Return what the function that takes rounds says."""
        return self.invoke("advance_escalation", {"creator_id": self.name, "escalation_id": escalation_id})

    def invoke(self, capability: str, event: object) -> dict[str, Any]:
        answer = self.system.aws.functions.invoke(FunctionName=capability, Payload=json.dumps(event).encode())
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        assert not answer.get("FunctionError"), said
        return said

    def executions(self, escalation_id: str) -> dict[str, str]:
        """Return the status of an escalation's state machines, by name."""
        arn = self.system.running.environment["ESCALATION_STATE_MACHINE_ARN"]
        listed = self.system.aws.stepfunctions.list_executions(stateMachineArn=arn, maxResults=1000)["executions"]
        return {each["name"]: each["status"] for each in listed if each["name"].startswith(escalation_id)}

    def stop_executions(self, escalation_id: str) -> None:
        arn = self.system.running.environment["ESCALATION_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
        for name in self.executions(escalation_id):
            self.system.aws.stepfunctions.stop_execution(executionArn=f"{arn}:{name}")
        until(lambda: "RUNNING" not in self.executions(escalation_id).values())
