"""How a chat model can fail: one stable code per class of failure."""

from typing import Literal

from coaching.errors import ModelUnavailable

FailureCode = Literal[
    "unreachable",  # nobody listens there; a second try may help
    "overloaded",  # too many others are being served; a second try may help
    "timeout",
    "model_missing",
    "package_missing",
    "context_exceeded",  # the prompt is longer than the model's window
    "malformed_answer",  # cut, or not what this kind of server says
    "model_failed",  # the engine refused the request or broke
]


def unavailable(code: FailureCode, sentence: str) -> ModelUnavailable:
    """Return the error for `code`; `sentence` says what to do. No engine's own words: they may hold a user's."""
    return ModelUnavailable(sentence, code=code)
