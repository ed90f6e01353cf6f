"""The same request twice has one effect and one answer."""

from dataclasses import dataclass
from typing import Protocol

from coaching.vocabulary import Identity

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: HTTP status and body, or what the body is made of again."""

    status: int
    body: str


class AnsweredRequests(Protocol):
    """Answers kept per user and idempotency key for `KEPT_SECONDS`."""

    def begin(self, identity: Identity, key: str, fingerprint: str, *, lease_seconds: int) -> Answer | None:
        """Claim the key; return the kept answer if the same request was answered already, else None.

        `fingerprint` is a hash of method, path and body. A claim that was neither finished nor dropped can be
        taken over after `lease_seconds`.
        Raises: Invalid if the key was used for another request; StillRunning while another holds the claim.
        """

    def finish(self, identity: Identity, key: str, fingerprint: str, answer: Answer) -> None:
        """Keep the answer."""

    def drop(self, identity: Identity, key: str, fingerprint: str) -> None:
        """Give the claim up, so that the caller may try again."""
