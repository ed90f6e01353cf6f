"""What the errors of Anthropic mean.

Source: https://docs.claude.com/en/api/errors (types and statuses), and the messages of `invalid_request_error`, which
has no code that tells a long prompt from an account without money. An error may also come within a stream, after 200.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from coaching.adapters.llm.hosted_api import code_of_status
from coaching.adapters.payload import Payload
from coaching.models.failures import FailureCode

BY_TYPE: Final[Mapping[str, FailureCode]] = {
    "invalid_request_error": "request_refused",
    "authentication_error": "bad_credentials",
    "billing_error": "bad_credentials",
    "permission_error": "bad_credentials",
    "not_found_error": "model_missing",
    "request_too_large": "context_exceeded",
    "rate_limit_error": "rate_limited",
    "api_error": "model_failed",
    "timeout_error": "timeout",
    "overloaded_error": "overloaded",
}
BY_WORDS: Final[Mapping[str, FailureCode]] = {
    "prompt is too long": "context_exceeded",
    "exceed context limit": "context_exceeded",
    "context window": "context_exceeded",
    "content filtering policy": "content_refused",
    "credit balance is too low": "bad_credentials",
    "usage limits": "bad_credentials",
}
"""Read in the message of `invalid_request_error` alone."""
_NO_MONEY: Final = ("spend_limit_reached", "billing_unavailable")
"""How the `error_code` ends of an account that may spend no more."""


class _Details(Payload):
    error_code: str | None = None


class AnthropicError(Payload):
    type: str
    message: str = ""
    details: _Details | None = None

    def meaning(self, status: int) -> FailureCode:
        """Return what the error means that came with `status`; within a stream that was 200."""
        if self.details and (self.details.error_code or "").endswith(_NO_MONEY):
            return "bad_credentials"  # sent with 429, but no pause mends it
        if self.type == "invalid_request_error":
            said = self.message.lower()
            for words, code in BY_WORDS.items():
                if words in said:
                    return code
        return BY_TYPE.get(self.type) or ("model_failed" if status < 400 else code_of_status(status))


class _Refused(Payload):
    error: AnthropicError


def anthropic_code(status: int, body: bytes) -> FailureCode | None:
    """Return what the body says; None where it is no error of Anthropic's."""
    try:
        return _Refused.model_validate_json(body).error.meaning(status)
    except ValidationError:
        return None
