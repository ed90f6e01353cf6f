"""Seeds the creator `demo` through the public API: its description, documents, users with their goals, and rota."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.api_client import ApiClient, RequestRefusedError, Tenants, default_label
from local.loopback import send

FOLDER = Path(__file__).parent / "demo_creator"
DEMO = "demo"
SETTLED = {"ready", "failed"}
_AT_ONCE = 4
_LOOK_AGAIN_SECONDS = 0.4

Say = Callable[[str], None]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's content: what creator.json, documents.json and users.json hold."""

    creator: Record
    documents: Sequence[Record]
    users: Sequence[Record]
    folder: Path

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "Demo":
        """Raises: OSError, ValueError."""
        creator, documents, users = (
            json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("creator", "documents", "users")
        )
        return cls(creator, documents, users, folder / "documents")


def seed(demo: Demo, tenants: Tenants, say: Say, *, deadline_seconds: float = 180.0) -> int:
    """Seed the running system and return how many documents are ready.

    Raises: RequestRefusedError; TimeoutError naming the documents that are not done in time.
    """
    api = ApiClient(tenants.url, tenants.issue_token(DEMO, "creator"))
    api.call("PUT", "/v1/creator", demo.creator)
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="seed")
    try:
        people = [pool.submit(_seed_user, tenants, user) for user in demo.users]
        people.append(pool.submit(_seed_rota, tenants, api))
        names = dict(pool.map(lambda document: upload(api, document, demo.folder), demo.documents))
        say(f"  {len(names)} documents of the creator `{DEMO}` uploaded; they become searchable:")
        ready = _await_documents(api, names, say, deadline_seconds)
        for person in people:
            person.result()
    finally:
        # An interrupted start waits for nothing.
        pool.shutdown(wait=False, cancel_futures=True)
    return ready


def upload(api: ApiClient, document: Mapping[str, Any], folder: Path) -> tuple[str, str]:
    """Announce a document and send its bytes; return its id and file name."""
    data = (folder / document["file"]).read_bytes()
    announced = {name: document[name] for name in ("title", "content_type", "metadata") if name in document}
    created = api.call("POST", "/v1/documents", {"name": document["file"], "size_bytes": len(data), **announced})
    permit = created["upload"]
    answer = send(permit["method"], permit["url"], body=data, headers=permit["headers"])
    if answer.status != 200:
        raise RequestRefusedError(f"The upload of {document['file']} was answered with {answer.status}.")
    return created["document_id"], document["file"]


def _await_documents(api: ApiClient, names: Mapping[str, str], say: Say, deadline_seconds: float) -> int:
    deadline = time.monotonic() + deadline_seconds
    waiting = dict(names)
    ready = 0
    while waiting:
        for document in _documents(api):
            if document["status"] in SETTLED and document["document_id"] in waiting:
                name = waiting.pop(document["document_id"])
                ready += document["status"] == "ready"
                say(f"  [{len(names) - len(waiting):2}/{len(names)}] {_settled_line(name, document)}")
        if waiting and time.monotonic() > deadline:
            raise TimeoutError(f"Not done after {deadline_seconds:.0f} s: {', '.join(sorted(waiting.values()))}")
        if waiting:
            time.sleep(_LOOK_AGAIN_SECONDS)
    return ready


def _documents(api: ApiClient) -> Iterator[Record]:
    page: Record = api.call("GET", "/v1/documents?limit=100")
    yield from page["items"]
    while page.get("next_cursor"):
        page = api.call("GET", f"/v1/documents?limit=100&cursor={page['next_cursor']}")
        yield from page["items"]


def _settled_line(name: str, document: Record) -> str:
    if document["status"] == "ready":
        return f"ready   {name} ({document['passages']} passages)"
    return f"FAILED  {name}: {document['error']['code']}: {document['error']['message']}"


def _seed_user(tenants: Tenants, user: Mapping[str, Any]) -> None:
    api = ApiClient(tenants.url, tenants.issue_token(DEMO, "user", user["label"]))
    api.call("PATCH", "/v1/profile", user["profile"])
    for goal in user["goals"]:
        api.call("POST", "/v1/goals", dated(goal, datetime.now(UTC)))


def _seed_rota(tenants: Tenants, api: ApiClient) -> None:
    """Put the demo's coach on call at all hours."""
    label = default_label(DEMO, "coach")
    tenants.sign_in.create(DEMO, label)
    coach = tenants.sign_in.user_id(DEMO, label)
    contact = {"name": "Demo coach", "email": "coach@demo.example", "phone": "+15550100"}
    hours = {"coach_id": coach, "weekdays": list(range(7)), "starts": "00:00", "ends": "00:00"}
    api.call("PUT", "/v1/rota", {"coaches": {coach: contact}, "hours": [hours]})


def dated(goal: Mapping[str, Any], today: datetime) -> Record:
    """Return the goal with `due_in_days` turned into dates, its milestones too; past milestones count as reached."""
    described = _due(goal, today)
    milestones = [
        _due(milestone, today) | ({"reached_at": _day(today, milestone).isoformat()} if _is_past(milestone) else {})
        for milestone in goal.get("milestones", [])
    ]
    return described | {"milestones": milestones}


def _due(item: Mapping[str, Any], today: datetime) -> Record:
    kept = {name: value for name, value in item.items() if name != "due_in_days"}
    return kept | ({"due": _day(today, item).date().isoformat()} if "due_in_days" in item else {})


def _day(today: datetime, item: Mapping[str, Any]) -> datetime:
    return today + timedelta(days=item["due_in_days"])


def _is_past(item: Mapping[str, Any]) -> bool:
    return bool(item.get("due_in_days", 0) < 0)
