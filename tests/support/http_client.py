"""An app developer's client of the running system."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from coaching.vocabulary import Role
from tests.support.running_system import RunningSystem

SETTLED = {"ready", "failed"}
DEADLINE_SECONDS = 60.0
MARKDOWN = "text/markdown"


@dataclass(frozen=True)
class Client:
    """Calls the API with one user's token."""

    url: str
    token: str

    def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Return the answer, whatever its status."""
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with httpx2.Client(base_url=self.url, timeout=DEADLINE_SECONDS) as client:
            return client.request(method, path, json=body, headers={**own, **(headers or {})})

    def call(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        """Return the JSON of an answer that succeeded."""
        answer = self.send(method, path, body, headers=headers)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def announce(self, name: str, content_type: str = MARKDOWN, *, size: int = 10, **fields: Any) -> dict[str, Any]:
        body = {"name": name, "content_type": content_type, "size_bytes": size, **fields}
        announced: dict[str, Any] = self.call("POST", "/v1/documents", body)
        return announced

    def put(self, announced: dict[str, Any], data: bytes) -> None:
        """Send the bytes as the permit says."""
        upload = announced["upload"]
        answer = httpx2.put(upload["url"], content=data, headers=upload["headers"], timeout=DEADLINE_SECONDS)
        assert answer.status_code == 200, answer.text

    def put_parts(self, announced: dict[str, Any], data: bytes) -> list[dict[str, Any]]:
        """Send the bytes in the parts that the permit lists, and return what completing them takes."""
        sent, start = [], 0
        for part in announced["upload"]["parts"]:
            piece = data[start : start + part["size_bytes"]]
            answer = httpx2.put(part["url"], content=piece, timeout=DEADLINE_SECONDS)
            assert answer.status_code == 200, answer.text
            sent.append({"number": part["number"], "etag": answer.headers["ETag"]})
            start += len(piece)
        assert start == len(data)
        return sent

    def upload(self, name: str, data: bytes, content_type: str = MARKDOWN, **fields: Any) -> dict[str, Any]:
        """Upload a document and return its record once it is ready or failed."""
        announced = self.announce(name, content_type, size=max(1, len(data)), **fields)
        self.put(announced, data)
        return self.settled(announced["document_id"])

    def settled(self, document_id: str, *, version: int = 1, attempt: int = 1) -> dict[str, Any]:
        """Wait until this version and attempt of a document is ready or failed."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            document: dict[str, Any] = self.call("GET", f"/v1/documents/{document_id}")
            current = (document["version"], document["attempt"]) >= (version, attempt)
            if current and document["status"] in SETTLED:
                return document
            time.sleep(0.05)
        raise AssertionError(f"The document did not settle: {document['status']}")

    def gone(self, document_id: str) -> None:
        """Wait until a document is gone."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.send("GET", f"/v1/documents/{document_id}").status_code != 404:
            assert time.monotonic() < deadline, "The document did not go."
            time.sleep(0.05)

    def converse(self) -> str:
        conversation: str = self.call("POST", "/v1/conversations", {})["conversation_id"]
        return conversation

    def ask(self, conversation: str, text: str, *, key: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/v1/conversations/{conversation}/messages"
        reply: dict[str, Any] = self.call("POST", path, {"text": text}, headers=headers)
        return reply

    def stream(self, conversation: str, text: str, *, key: str | None = None) -> list[tuple[str, Any]]:
        headers = {"Accept": "text/event-stream", **({"Idempotency-Key": key} if key else {})}
        path = f"/v1/conversations/{conversation}/messages"
        answer = self.send("POST", path, {"text": text}, headers=headers)
        assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
        blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
        return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def client(system: RunningSystem, creator: str, role: Role = "user", user: str | None = None) -> Client:
    """Return a client of a creator's user; an unknown creator or user comes into being."""
    return Client(system.url, system.token(creator, role, user))
