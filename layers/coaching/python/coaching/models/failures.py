"""How a chat model can fail: one stable code per class of failure, the same for all vendors."""

from typing import Final, Literal

from coaching.errors import ModelUnavailable

FailureCode = Literal[
    "unreachable",  # nobody listens there
    "rate_limited",  # this account asks too often
    "overloaded",  # too many others are being served
    "model_failed",  # the server or the engine broke
    "timeout",
    "loading",  # not yet in the memory of its server, which has begun to bring it there
    "node_lost",  # the node that answered went away in the middle; others serve the model
    "malformed_answer",  # cut, or not what this kind of server says
    "bad_credentials",
    "model_missing",
    "package_missing",
    "context_exceeded",  # the prompt is longer than the model's window
    "content_refused",  # by the vendor's content policy
    "request_refused",  # not acceptable as it is, whoever asks again
    "budget_spent",  # what the creator pays in a month permits no model that could answer
]
PASSING: Final[frozenset[str]] = frozenset({"unreachable", "rate_limited", "overloaded", "model_failed"})
"""What may pass by itself, so that the same model may be asked again a little later."""
NO_MATTER_OF_HEALTH: Final[frozenset[str]] = frozenset({"overloaded", "node_lost", "loading"})
"""What says nothing about the health of the model: a full line, maybe our own, one node of several, or a cold one."""
ABOUT_THE_REQUEST: Final[frozenset[str]] = frozenset({"context_exceeded", "content_refused", "request_refused"})
"""What says nothing about the health of the model: another request may well succeed."""


def unavailable(code: FailureCode, sentence: str, *, retry_after_seconds: float | None = None) -> ModelUnavailable:
    """Return the error for `code`; `sentence` says what to do. No engine's own words: they may hold a user's.

    `retry_after_seconds` is what the server asked for.
    """
    error = ModelUnavailable(sentence, code=code)
    if retry_after_seconds is not None:
        error.retry_after_seconds = max(1, round(retry_after_seconds))
    return error
