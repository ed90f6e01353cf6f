"""The gateway's own answers: the same problem documents that the template gives API Gateway to answer with."""

from starlette.responses import Response

from coaching.entrypoint.openai_errors import for_both
from coaching.entrypoint.problems import headers_of, problem_of
from coaching.errors import CoachingError
from infra.gateway_responses import ANSWERS

REQUEST_ID_HEADER = "x-amzn-RequestId"


def refusal(error: CoachingError, request_id: str) -> Response:
    """Return the gateway's own refusal."""
    problem = problem_of(error, request_id)
    return Response(
        for_both(problem),
        problem.status,
        headers={**headers_of(error), REQUEST_ID_HEADER: request_id},
        media_type="application/problem+json",
    )


def failure(request_id: str, *, timed_out: bool = False) -> Response:
    """Return what a caller gets when a function crashed or did not answer in time."""
    return refusal(ANSWERS["INTEGRATION_TIMEOUT" if timed_out else "INTEGRATION_FAILURE"], request_id)
