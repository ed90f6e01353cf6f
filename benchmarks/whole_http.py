"""One question over HTTP against the whole local system, moto included: `python -m benchmarks.whole_http`."""

import json
import tempfile
import urllib.request
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.overhead import median_ms
from infra.system import SYSTEM
from local.environment import Models
from local.state_folder import StateFolder
from local.system import listen, running_system

_ROUNDS = 60


def figures() -> list[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        listen(0) as listening,
        running_system(SYSTEM, Models(embedder="hash"), StateFolder(Path(folder)), listening) as system,
    ):
        token = system.tenants.issue_token("demo", "user", "user-1")
        url = f"{system.running.url}/v1/conversations"
        conversation = _post(url, token, {})["conversation_id"]
        questions = [f"How do I begin again after {number} days?" for number in range(_ROUNDS)]
        ms = median_ms(lambda text: _post(f"{url}/{conversation}/messages", token, {"text": text}), questions)
    return [Figure("one question over HTTP with moto behind it, no passages", f"{ms:.0f} ms")]


def _post(url: str, token: str, body: dict[str, str]) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - the local system
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: dict[str, str] = json.load(answer)
    return found


if __name__ == "__main__":
    for figure in figures():
        print(figure)
