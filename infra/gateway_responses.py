"""What the gateway itself answers, as problem documents like those of the handlers. No CDK here.

API Gateway has one answer per kind of refusal for the whole API, whatever the path, so each of them has an `error`
beside: a client of OpenAI's, whose token has run out, reads that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coaching import errors
from coaching.entrypoint.openai_errors import for_both
from coaching.entrypoint.problems import headers_of, problem_of, status_of, unexpected

REQUEST_ID: Final = "$context.requestId"
"""API Gateway puts the request's id in its place."""

_SIGN_IN: Final = errors.NotSignedIn("Sign in and send the ID token as `Authorization: Bearer <token>`.")
_NOT_ALLOWED: Final = errors.NotAllowed("This is not open to you.")
_NO_PATH: Final = errors.NotFound("There is nothing at this path.")
_UNREADABLE: Final = errors.Malformed("The request cannot be read.")
_TOO_LARGE: Final = errors.TooLarge("A request has at most 10 MB; files are uploaded to the address of their document.")
_WRONG_TYPE: Final = errors.UnsupportedType("Send `Content-Type: application/json`.")
_SLOWER: Final = errors.TooMany("Too many requests; wait before the next one.", retry_after_seconds=1)
_LATER: Final = errors.Unavailable("The answer took too long; try again shortly.")

ANSWERS: Final[Mapping[str, errors.CoachingError]] = {
    "UNAUTHORIZED": _SIGN_IN,
    "EXPIRED_TOKEN": _SIGN_IN,
    "ACCESS_DENIED": _NOT_ALLOWED,
    "INVALID_API_KEY": _NOT_ALLOWED,
    "WAF_FILTERED": _NOT_ALLOWED,
    # API Gateway takes a path or a verb that it does not know for a call without an AWS signature, and one with
    # a bearer token for a call with a bad signature, which it does not give a type of its own.
    "MISSING_AUTHENTICATION_TOKEN": _NO_PATH,
    "INVALID_SIGNATURE": _NO_PATH,
    "RESOURCE_NOT_FOUND": _NO_PATH,
    "DEFAULT_4XX": _NO_PATH,
    "BAD_REQUEST_BODY": _UNREADABLE,
    "BAD_REQUEST_PARAMETERS": _UNREADABLE,
    "REQUEST_TOO_LARGE": _TOO_LARGE,
    "UNSUPPORTED_MEDIA_TYPE": _WRONG_TYPE,
    "THROTTLED": _SLOWER,
    "QUOTA_EXCEEDED": _SLOWER,
    "INTEGRATION_TIMEOUT": _LATER,
    "INTEGRATION_FAILURE": unexpected(),
    "API_CONFIGURATION_ERROR": unexpected(),
    "AUTHORIZER_CONFIGURATION_ERROR": unexpected(),
    "AUTHORIZER_FAILURE": unexpected(),
    "DEFAULT_5XX": unexpected(),
}
"""By API Gateway's response type: every one that there is."""


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """`body` is a problem document with `request_id` as its instance; `headers` come with their values."""

    response_type: str
    status: int
    body: str
    headers: Mapping[str, str]


def gateway_responses(request_id: str = REQUEST_ID) -> tuple[GatewayResponse, ...]:
    """Return the gateway's own answers, for one request or as templates."""
    return tuple(
        GatewayResponse(
            response_type=response_type,
            status=status_of(error),
            body=for_both(problem_of(error, request_id)),
            headers={"Content-Type": "application/problem+json", **headers_of(error)},
        )
        for response_type, error in ANSWERS.items()
    )
