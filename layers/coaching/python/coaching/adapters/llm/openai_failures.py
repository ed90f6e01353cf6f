"""What the errors of OpenAI mean, and those of servers that speak its protocol.

Sources: https://platform.openai.com/docs/guides/error-codes (codes and types of OpenAI);
https://huggingface.co/docs/inference-providers (402, 503 while a model loads, `error` as a plain string);
the error types of Azure OpenAI, vLLM and llama.cpp as their servers send them. Of `code` and `type` the code counts
first: the one type `insufficient_quota` has a code for each way in which money can run out.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from coaching.adapters.llm.hosted_api import code_of_status
from coaching.adapters.payload import Payload
from coaching.models.failures import FailureCode

BY_NAME: Final[Mapping[str, FailureCode]] = {
    "invalid_api_key": "bad_credentials",
    "authentication_error": "bad_credentials",
    "account_deactivated": "bad_credentials",
    "billing_not_active": "bad_credentials",
    "unsupported_country_region_territory": "bad_credentials",
    # An account without money is refused with 429, and no pause mends it.
    "insufficient_quota": "bad_credentials",
    "model_not_found": "model_missing",
    "model_not_supported": "model_missing",  # Hugging Face: by none of the account's providers
    "rate_limit_exceeded": "rate_limited",
    "context_length_exceeded": "context_exceeded",
    "string_above_max_length": "context_exceeded",
    "exceed_context_size_error": "context_exceeded",  # llama.cpp
    "content_policy_violation": "content_refused",
    "content_filter": "content_refused",  # Azure
    "invalid_prompt": "content_refused",  # reasoning models, of a prompt that was flagged
    "server_is_overloaded": "overloaded",
    "slow_down": "overloaded",
    "service_unavailable_error": "overloaded",
    "server_error": "model_failed",
}
_TOO_LONG: Final = ("context length", "context window", "max_new_tokens` must be <=", "prompt is too long")
"""vLLM, Ollama's `/v1` and text-generation-inference have no code of their own for it."""


class OpenAIError(Payload):
    """`code` is OpenAI's name of the error, or a status (vLLM)."""

    message: str | None = None
    type: str | None = None
    code: str | int | None = None

    def meaning(self, status: int) -> FailureCode:
        """Return what the error means that came with `status`; within a stream that was 200."""
        if isinstance(self.code, int) and self.code >= 400:
            status = self.code
        for name in (self.code, self.type):
            if isinstance(name, str) and name in BY_NAME:
                return BY_NAME[name]
        code = "model_failed" if status < 400 else code_of_status(status)
        if code in ("request_refused", "context_exceeded", "model_failed") and self._too_long():
            return "context_exceeded"
        return code

    def _too_long(self) -> bool:
        return any(words in (self.message or "").lower() for words in _TOO_LONG)


class _Refused(Payload):
    error: OpenAIError | str


def openai_code(status: int, body: bytes) -> FailureCode | None:
    """Return what the body says; None where it is no error of this protocol."""
    try:
        error = _Refused.model_validate_json(body).error
    except ValidationError:
        return None
    return (OpenAIError(message=error) if isinstance(error, str) else error).meaning(status)
