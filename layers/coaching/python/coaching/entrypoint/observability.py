"""Structured logs and metrics by Powertools. Facts and ids only: never what a user wrote."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import perf_counter
from typing import Any, TypeVar, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from coaching.contract.common import Problem
from coaching.entrypoint.problems import problem_of
from coaching.errors import CoachingError

NAMESPACE = "CreatorCoach"
logger = Logger()

Handler = TypeVar("Handler", bound=Callable[..., Any])


def logged(handler: Handler) -> Handler:
    """Give every log line of an invocation the function's name and the request's id.

    Powertools' own `inject_lambda_context` keeps them per process; the local run invokes functions side by side.
    """

    @wraps(handler)
    def invoked(event: Any, context: LambdaContext) -> Any:  # noqa: ANN401 - whatever the trigger sends
        logger.thread_safe_clear_keys()
        logger.thread_safe_append_keys(function=context.function_name, request_id=context.aws_request_id)
        return handler(event, context)

    return cast(Handler, invoked)


@contextmanager
def measured(operation: str) -> Iterator[dict[str, float]]:
    """Emit count and duration of an operation, and whatever the block adds by name, in the embedded metric format.

    One metrics object per call, because the local run serves requests side by side.
    """
    counts: dict[str, float] = {"Requests": 1}
    began = perf_counter()
    try:
        yield counts
    finally:
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_dimension("operation", operation)
        metrics.add_metric("Duration", MetricUnit.Milliseconds, (perf_counter() - began) * 1000)
        for name, value in counts.items():
            metrics.add_metric(name, MetricUnit.Count, value)
        metrics.flush_metrics()


def told(error: CoachingError, request_id: str) -> Problem:
    """Return what the caller is told of an error; one that is ours is logged in its own words."""
    problem = problem_of(error, request_id)
    if problem.status >= 500:
        log_failure(error)
    return problem


def log_failure(error: CoachingError) -> None:
    """Log an error of our own that the caller is not told in its own words, and count a breach of tenancy."""
    logger.error("failed", error_type=type(error).__name__, code=error.code, reason=error.message)
    if error.code == "tenant_breach":
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_metric("TenantBreach", MetricUnit.Count, 1)
        metrics.flush_metrics()


def log_unexpected(error: BaseException) -> None:
    """Log which error arose where. Its message may hold a user's words, so it stays out."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    logger.error(
        "unexpected_error",
        error_type=type(error).__name__,
        where=[f"{frame.filename.rsplit('/python/', 1)[-1]}:{frame.lineno}" for frame in frames],
    )
