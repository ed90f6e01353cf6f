"""The gateway's own answers: problem documents, like those of the functions."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from coaching.contract.common import Problem
from coaching.entrypoint.problems import headers_of, problem_of
from coaching.errors import CoachingError

REQUEST_ID_HEADER = "x-amzn-RequestId"


def refusal(error: CoachingError, request_id: str) -> Response:
    """Return the gateway's own refusal."""
    return _rendered(problem_of(error, request_id), headers_of(error))


def failure(request_id: str, *, timed_out: bool = False) -> Response:
    """Return what a caller gets when a function crashed (502) or did not answer in time (504)."""
    status = HTTPStatus.GATEWAY_TIMEOUT if timed_out else HTTPStatus.BAD_GATEWAY
    code, detail = (
        ("timed_out", "No answer came in time. Try again.")
        if timed_out
        else ("internal", "Something went wrong on our side. Try again; if it stays, report the `instance`.")
    )
    return _rendered(
        Problem(
            type=f"urn:creator-coach:problem:{code}",
            title=status.phrase,
            status=status,
            detail=detail,
            instance=request_id,
            code=code,
        ),
        {},
    )


def _rendered(problem: Problem, headers: Mapping[str, str]) -> Response:
    return Response(
        problem.model_dump_json(exclude_none=True),
        problem.status,
        headers={**headers, REQUEST_ID_HEADER: problem.instance},
        media_type="application/problem+json",
    )
