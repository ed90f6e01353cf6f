"""What the errors of Amazon Bedrock mean, before an answer and within it.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html, section Errors.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from coaching.adapters.llm.hosted_api import code_of_status, failure
from coaching.errors import ModelUnavailable
from coaching.models.failures import FailureCode, unavailable

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_CODES: Final[Mapping[str, FailureCode]] = {
    "ThrottlingException": "rate_limited",
    "TooManyRequestsException": "rate_limited",
    "ServiceQuotaExceededException": "rate_limited",
    "ServiceUnavailableException": "overloaded",
    "ModelNotReadyException": "overloaded",
    "AccessDeniedException": "bad_credentials",
    "ExpiredTokenException": "bad_credentials",
    "IncompleteSignatureException": "bad_credentials",
    "InvalidSignatureException": "bad_credentials",
    "MissingAuthenticationTokenException": "bad_credentials",
    "UnrecognizedClientException": "bad_credentials",
    "ResourceNotFoundException": "model_missing",
    "InternalServerException": "model_failed",
    "ModelErrorException": "model_failed",
    "ModelStreamErrorException": "model_failed",
    "ModelTimeoutException": "timeout",
}
_TOO_LONG: Final = re.compile(
    r"too long|too many (?:input )?tokens|context (?:length|window|limit|size)|maximum tokens"
)
_BLOCKED: Final = re.compile(r"content filter|content policy|guardrail|blocked")
_NO_MODEL: Final = re.compile(r"model identifier is invalid|on-demand throughput|end of its life")


@contextmanager
def classed_errors(who: str) -> Iterator[None]:
    """Raise ModelUnavailable for whatever botocore raises, without its words: they may hold a user's."""
    from botocore.eventstream import ParserError
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _by_answer(error, who) from None
    except BotoCoreError as error:
        raise _by_client(error, who) from None
    except (ParserError, ResponseParserError, struct.error, ValueError, LookupError, TypeError, AttributeError):
        # What botocore's reader stumbles over in an answer that is none of Bedrock's.
        raise failure("malformed_answer", who) from None


def _by_answer(error: "ClientError", who: str) -> ModelUnavailable:
    about = error.response.get("Error", {})
    # Within an answer an error's name begins with a small letter.
    name = about.get("Code", "")
    code = _code(name[:1].upper() + name[1:], about.get("Message", "").lower())
    metadata = error.response.get("ResponseMetadata", {})
    code = code or code_of_status(metadata.get("HTTPStatusCode", 0))
    return _failure(code, who, _seconds(metadata.get("HTTPHeaders", {}).get("retry-after", "")))


def _code(name: str, message: str) -> FailureCode | None:
    if name != "ValidationException":
        return _CODES.get(name)
    if _TOO_LONG.search(message):
        return "context_exceeded"
    if _BLOCKED.search(message):
        return "content_refused"
    return "model_missing" if _NO_MODEL.search(message) else "request_refused"


def _by_client(error: "BotoCoreError", who: str) -> ModelUnavailable:
    from botocore import exceptions as known

    match error:
        case known.ParamValidationError():
            return _failure("request_refused", who, None)
        case known.UnknownServiceError():
            return unavailable("package_missing", "This botocore does not know Bedrock: run `pip install -U boto3`.")
        case known.NoRegionError():
            return unavailable("unreachable", f"{who} has no region: set AWS_REGION.")
    # The rest is about finding credentials.
    return _failure("bad_credentials", who, None)


def _failure(code: FailureCode, who: str, retry_after_seconds: float | None) -> ModelUnavailable:
    if code == "bad_credentials":
        sentence = (
            f"{who} refuses this role: grant it bedrock:InvokeModelWithResponseStream, and the account the model."
        )
        return unavailable(code, sentence)
    return failure(code, who, retry_after_seconds=retry_after_seconds)


def _seconds(header: str) -> float | None:
    return float(header) if re.fullmatch(r"\d{1,5}", header, re.ASCII) else None
