"""JSON over HTTP with what listens on this machine; no proxy is asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPHandler, ProxyHandler, Request, build_opener

from local.functions import Json

DEADLINE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Json:
        return json.loads(self.body) if self.body else None


def send(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Answer:  # fmt: skip
    """Return the answer, whatever its status. Raises: OSError if nothing answers in time, or breaks off."""
    request = Request(url, data=body, headers=dict(headers or {}), method=method)  # noqa: S310 - http on loopback
    try:
        with build_opener(ProxyHandler({}), HTTPHandler()).open(request, timeout=deadline_seconds) as response:
            return Answer(response.status, response.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read())
    except HTTPException as error:
        raise ConnectionError("The answer broke off.") from error


def fetch_json(url: str, *, deadline_seconds: float = DEADLINE_SECONDS) -> Json:
    """Return the JSON at the address. Raises: OSError if it is not there."""
    answer = send("GET", url, deadline_seconds=deadline_seconds)
    if answer.status != 200:
        raise OSError(f"{url} answered {answer.status}.")
    return answer.json()
