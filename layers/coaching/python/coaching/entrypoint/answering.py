"""Idempotency at the edge: which answers are kept, under which key."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from coaching.entrypoint.observability import logger
from coaching.errors import Invalid, Unavailable
from coaching.idempotency import Answer, AnsweredRequests
from coaching.vocabulary import Identity

_KEY_LIMIT = 255


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries an idempotency key."""

    requests: AnsweredRequests
    identity: Identity
    key: str
    fingerprint: str

    @property
    def digest(self) -> str:
        """A name of this very request that shows nothing of the key."""
        return hashlib.sha256(f"{self.key}\0{self.fingerprint}".encode()).hexdigest()

    def begin(self, *, lease_seconds: int) -> Answer | None:
        """See `AnsweredRequests.begin`."""
        return self.requests.begin(self.identity, self.key, self.fingerprint, lease_seconds=lease_seconds)

    def settle(self, answer: Answer) -> None:
        """Keep the answer; a refusal had no effect, and gives the key up for the mended request.

        What was asked for has happened, so that the answer cannot be kept (the storage does not answer, or it is
        too large) changes nothing for the caller; the key is free then.
        """
        if answer.status >= 400:
            self.drop()
            return
        try:
            self.requests.finish(self.identity, self.key, self.fingerprint, answer)
        except (Unavailable, Invalid) as error:
            logger.warning("answer_not_kept", code=error.code)
            self.drop()

    def drop(self) -> None:
        """Give the key up. Where the storage does not answer, the claim runs out by itself."""
        with suppress(Unavailable):
            self.requests.drop(self.identity, self.key, self.fingerprint)


def keyed_request(
    requests: Callable[[], AnsweredRequests], identity: Identity, key: str, *, method: str, path: str, body: bytes
) -> KeyedRequest:
    """Raises: Invalid for a key that is empty, too long or not printable ASCII."""
    if not 1 <= len(key) <= _KEY_LIMIT or not (key.isascii() and key.isprintable()):
        raise Invalid("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    fingerprint = hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()
    return KeyedRequest(requests(), identity, key, fingerprint)
