"""The edge of a function that a queue or a state machine invokes."""

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any, TypeVar, cast

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError

from coaching.entrypoint.observability import log_unexpected, logged, logger, measured
from coaching.entrypoint.tracing import tracer
from coaching.errors import CoachingError, Malformed

Event = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


class Stopwatch:
    """Runs from its making."""

    def __init__(self) -> None:
        self._began = perf_counter()

    @property
    def milliseconds(self) -> int:
        return round((perf_counter() - self._began) * 1000)


class UnexpectedError(Exception):
    """Stands for an error whose own message might hold somebody's words."""


def task(model: type[Model]) -> Callable[[Callable[[Model], BaseModel]], Callable[[Event, LambdaContext], Event]]:
    """Make a Lambda handler of a function from one validated event to one result.

    Our own errors leave by name, so that a state machine retries or catches them; anything else leaves as
    `UnexpectedError` without its message.
    """

    def decorated(step: Callable[[Model], BaseModel]) -> Callable[[Event, LambdaContext], Event]:
        @logged
        @tracer.capture_lambda_handler(capture_response=False)
        @wraps(step)
        def handler(event: Event, context: LambdaContext) -> Event:
            with measured(context.function_name):
                return _run(step, model, event)

        return cast(Callable[[Event, LambdaContext], Event], handler)

    return decorated


def _run(step: Callable[[Model], BaseModel], model: type[Model], event: Event) -> Event:
    try:
        return step(model.model_validate(event)).model_dump(mode="json", by_alias=True)
    except CoachingError as error:
        logger.warning("task_failed", error_type=type(error).__name__, code=error.code)
        raise
    except ValidationError as error:
        places = [".".join(map(str, item["loc"])) for item in error.errors(include_input=False)]
        raise Malformed(f"The event does not fit: {', '.join(places[:10])}.") from None
    except Exception as error:  # noqa: BLE001 - its message might hold somebody's words
        log_unexpected(error)
        raise UnexpectedError(type(error).__name__) from None
