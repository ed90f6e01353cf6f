"""From an error to an RFC 9457 problem document: the one table of statuses."""

import re
from http import HTTPStatus

from pydantic import ValidationError

from coaching import errors
from coaching.contract.common import FieldProblem, Problem

# Pydantic's own names in a location: of a key, a tag of a union, a kind of validator.
_NO_STEP = re.compile(r"^\[key\]$|^(?:condition|value|str|int|float|bool)$|^(?:function-\w+|constrained-\w+)\b")

STATUS: dict[type[errors.CoachingError], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.UnsupportedType: 415,
    errors.Invalid: 422,
    errors.UnusableDocument: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.CoachingError: 500,
}


def status_of(error: errors.CoachingError) -> int:
    """Return the status of the error's class, or of its nearest ancestor in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: errors.CoachingError, request_id: str) -> Problem:
    """Return what the caller is told; what is wrong on our side in general words (`told` logs the rest)."""
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        error = unexpected()
    elif isinstance(error, errors.Unavailable):
        error = type(error)("A part of the service does not answer at the moment; try again in a few seconds.")
    fields = [FieldProblem(pointer=pointer, detail=detail) for pointer, detail in getattr(error, "fields", {}).items()]
    return Problem(
        type=f"urn:creator-coach:problem:{error.code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error.message,
        instance=request_id,
        code=error.code,
        errors=fields or None,
    )


def headers_of(error: errors.CoachingError) -> dict[str, str]:
    """Return the headers that belong to the status: Retry-After for 429 and 503, WWW-Authenticate for 401."""
    if isinstance(error, errors.TooMany | errors.Unavailable):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.NotSignedIn) else {}


def unexpected() -> errors.CoachingError:
    """Return what a caller is told when something arose that nobody named."""
    return errors.CoachingError(
        "Something went wrong on our side. Try again; if it stays, report the `instance` of this answer.",
        code="internal",
    )


def invalid(error: ValidationError) -> errors.CoachingError:
    """Translate what Pydantic found; the values themselves are left out."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    if any(item["type"] == "json_invalid" for item in found):
        return errors.Malformed("The body is not valid JSON in UTF-8.")
    fields = {_pointer(item["loc"]): item["msg"].removeprefix("Value error, ") for item in found}
    return errors.Invalid("The body has values that are not acceptable; see `errors`.", fields=fields)


def _pointer(location: tuple[str | int, ...]) -> str:
    """Return a JSON pointer (RFC 6901) without the steps that name a validator or a part of a union."""
    steps = [str(step) for step in location if not (isinstance(step, str) and _NO_STEP.search(step))]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
