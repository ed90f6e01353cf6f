"""Answers kept per idempotency key in memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from coaching.adapters.memory.rows import MemoryRows
from coaching.errors import Invalid, StillRunning
from coaching.idempotency import KEPT_SECONDS, Answer, AnsweredRequests
from coaching.vocabulary import Identity


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that was begun; times in seconds since 1970."""

    fingerprint: str
    leased_until: float
    expires_at: float
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class MemoryAnsweredRequests(AnsweredRequests):
    """`clock` returns seconds since 1970."""

    clock: Callable[[], float] = time.time
    rows: MemoryRows[Claim] = field(default_factory=lambda: MemoryRows("request"))

    def begin(self, identity: Identity, key: str, fingerprint: str, *, lease_seconds: int) -> Answer | None:
        moment = self.clock()
        with self.rows.alone((identity.creator_id, identity.user_id)) as claims:
            claim = claims.get(key)
            if claim is not None and claim.expires_at > moment:
                if claim.fingerprint != fingerprint:
                    raise Invalid("This Idempotency-Key was used for another request; choose a new one.")
                if claim.answer is not None:
                    return claim.answer
                if claim.leased_until > moment:
                    raise StillRunning("The same request is still being worked on; ask again shortly.")
            claims[key] = Claim(fingerprint, moment + lease_seconds, moment + KEPT_SECONDS)
        return None

    def finish(self, identity: Identity, key: str, fingerprint: str, answer: Answer) -> None:
        moment = self.clock()
        with self.rows.alone((identity.creator_id, identity.user_id)) as claims:
            if key not in claims or _is_open(claims[key], fingerprint):
                claims[key] = Claim(fingerprint, moment, moment + KEPT_SECONDS, answer)

    def drop(self, identity: Identity, key: str, fingerprint: str) -> None:
        with self.rows.alone((identity.creator_id, identity.user_id)) as claims:
            if key in claims and _is_open(claims[key], fingerprint):
                del claims[key]


def _is_open(claim: Claim, fingerprint: str) -> bool:
    return claim.fingerprint == fingerprint and claim.answer is None
