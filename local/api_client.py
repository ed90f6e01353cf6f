"""A client of the running system's public API, as an app developer would write one."""

import json
from dataclasses import dataclass

from coaching.vocabulary import Role
from local.functions import Json
from local.loopback import Answer, send
from local.user_pool import SignIn

_FOUNDER = "founder"


class RequestRefusedError(Exception):
    """The API answered with a problem; the message holds its words."""


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Calls routes of the API at `url` with one user's token."""

    url: str
    token: str

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """Return the JSON of a successful answer. Raises: RequestRefusedError, OSError."""
        answer = self.send(method, path, body)
        if answer.status >= 400:
            raise RequestRefusedError(f"{method} {path} answered {answer.status}: {_words(answer)}")
        return answer.json()

    def send(self, method: str, path: str, body: Json = None) -> Answer:
        """Return the answer, whatever its status. Raises: OSError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        return send(method, f"{self.url}{path}", body=data, headers=headers)


@dataclass(frozen=True, slots=True)
class Tenants:
    """Creators of the running system and their users, made when first asked for."""

    url: str
    sign_in: SignIn

    def issue_token(self, creator: str, role: Role, user: str | None = None) -> str:
        """Return an ID token for a user of the creator; both come into being if they are unknown.

        Without `user` it is the creator's own user for the role, such as `demo-coach`.
        Raises: ValueError for a name that cannot be one; RequestRefusedError; OSError.
        """
        token = self.sign_in.token(creator, role, user or default_label(creator, role))
        # Whoever sets a creator up is a user of their own: signing in changes a user's role.
        if self.sign_in.create(creator, _FOUNDER):
            founder = ApiClient(self.url, self.sign_in.token(creator, "creator", _FOUNDER))
            if founder.send("GET", "/v1/creator").status == 404:
                founder.call("PUT", "/v1/creator", {"name": creator.capitalize()})
        return token


def default_label(creator: str, role: Role) -> str:
    return f"{creator}-{role}"[:63]


def _words(answer: Answer) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.body[:200].decode("utf-8", "replace")
    return f"{problem.get('detail')} {problem.get('errors') or ''}".strip()
