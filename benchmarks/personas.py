"""Simulated users of a local run, over its HTTP API: `python -m benchmarks.personas [--json]`.

Each persona of `personas.json` says its messages in one conversation with the demo's coach, whose replies the composer
makes; what comes back is held against what its turns expect (`persona_checks.py`). No persona speaks of a real person.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args

from benchmarks.figures import HEADER, Figure
from benchmarks.persona_checks import Check, Criterion, Seen, Turn, checks
from infra.system import SYSTEM
from local.api_client import ApiClient
from local.demo import DEMO, Demo, seed
from local.environment import Models
from local.model_choice import provide_minilm
from local.outbox import outbox
from local.state_folder import StateFolder
from local.system import LocalSystem, listen, running_system

PERSONAS = Path(__file__).with_name("personas.json")
TOLD_SECONDS = 30.0
_ALWAYS = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "starts": "00:00", "ends": "00:00"}
_ROTA = {
    "coaches": {"anna": {"name": "Anna", "email": "anna@demo.test", "phone": "+4915112345678"}},
    "hours": [{"coach_id": "anna", **_ALWAYS}],
}


@dataclass(frozen=True, slots=True)
class Persona:
    """`kind` is what it is there for; without a `locale` nobody knows where it is."""

    name: str
    kind: str
    locale: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A check with the turn it is of, counted from 1."""

    persona: str
    kind: str
    turn: int
    check: Check


def personas(path: Path = PERSONAS) -> list[Persona]:
    """Raises: OSError, ValueError, TypeError for a file that is not as it should be."""
    read = json.loads(path.read_text(encoding="utf-8"))["personas"]
    return [Persona(**{**each, "turns": tuple(Turn(**turn) for turn in each["turns"])}) for each in read]


@dataclass(frozen=True, slots=True)
class _Talk:
    system: LocalSystem
    persona: Persona
    user: ApiClient
    coach: ApiClient
    conversation: str
    escalations: list[str] = field(default_factory=list)

    def judged(self) -> Iterator[Judged]:
        for number, turn in enumerate(self.persona.turns, start=1):
            made = self._answered_by_a_human(turn) if turn.human else checks(turn, self._said(turn))
            yield from (Judged(self.persona.name, self.persona.kind, number, check) for check in made)

    def _said(self, turn: Turn) -> Seen:
        reply = self.user.call("POST", f"/v1/conversations/{self.conversation}/messages", {"text": turn.says})
        escalation_id = reply["escalation_id"]
        if not escalation_id:
            return Seen(reply)
        self.escalations.append(escalation_id)
        told = self._told(escalation_id) if turn.expect == "crisis" else 0
        return Seen(reply, self.coach.call("GET", f"/v1/escalations/{escalation_id}"), told)

    def _told(self, escalation_id: str) -> int:
        deadline = time.monotonic() + TOLD_SECONDS
        while True:
            sent = [each for each in outbox(self.system.running.aws_url) if escalation_id in each.subject + each.text]
            if sent or time.monotonic() > deadline:
                return len(sent)
            time.sleep(0.2)

    def _answered_by_a_human(self, turn: Turn) -> Iterator[Check]:
        if not self.escalations:
            yield Check("hands over", "a human reaches the user", kept=False)
            return
        path = f"/v1/escalations/{self.escalations[-1]}"
        self.coach.call("POST", f"{path}/claim")
        self.coach.call("POST", f"{path}/message", {"text": turn.human})
        messages = self.user.call("GET", f"/v1/conversations/{self.conversation}/messages?limit=100")["items"]
        reached = messages[-1]["reply"]["text"] == turn.human and messages[-1]["reply"]["kind"] == "human"
        yield Check("hands over", "a human reaches the user", reached)
        self.coach.call("POST", f"{path}/resolve", {"outcome": "safe_now"})


def judged(system: LocalSystem, everybody: Sequence[Persona]) -> Iterator[Judged]:
    """Yield every check of every persona, one persona after another."""
    tenants = system.tenants
    url = system.running.url
    ApiClient(url, tenants.issue_token(DEMO, "creator")).call("PUT", "/v1/rota", _ROTA)
    coach = ApiClient(url, tenants.issue_token(DEMO, "coach", "anna"))
    for persona in everybody:
        user = ApiClient(url, tenants.issue_token(DEMO, "user", persona.name))
        if persona.locale:
            user.call("PATCH", "/v1/profile", {"locale": persona.locale})
        conversation = user.call("POST", "/v1/conversations", {})["conversation_id"]
        yield from _Talk(system, persona, user, coach, conversation).judged()


def figures(found: Sequence[Judged]) -> list[Figure]:
    """Return how many expectations were kept, by criterion."""
    kept, all_ = Counter[Criterion](), Counter[Criterion]()
    for each in found:
        all_[each.check.criterion] += 1
        kept[each.check.criterion] += each.check.kept
    return [Figure(name, f"{kept[name]} of {all_[name]}") for name in get_args(Criterion)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print every check as a line of JSON instead")
    as_json = parser.parse_args().json
    everybody = personas()
    provide_minilm(lambda _: None)
    with (
        tempfile.TemporaryDirectory() as folder,
        listen(0) as listening,
        running_system(SYSTEM, Models(), StateFolder(Path(folder)), listening) as system,
    ):
        seed(Demo.read(), system.tenants, lambda _: None)
        found = list(judged(system, everybody))
    if as_json:
        print("\n".join(json.dumps(_row(each)) for each in found))
        return
    print(f"{len(everybody)} personas, {sum(len(persona.turns) for persona in everybody)} turns\n\n{HEADER}")
    print("\n".join(map(str, figures(found))))
    for each in found:
        if not each.check.kept:
            print(f"not kept: {each.persona}, turn {each.turn}: {each.check.criterion}: {each.check.what}")


def _row(each: Judged) -> dict[str, Any]:
    return {"persona": each.persona, "kind": each.kind, "turn": each.turn, **asdict(each.check)}


if __name__ == "__main__":
    main()
