"""The edge of a function that reads a queue: one bad message never holds the others up."""

from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError

from coaching.entrypoint.observability import log_unexpected, logger, measured
from coaching.errors import CoachingError, Conflict, NotFound, StaleWrite

Model = TypeVar("Model", bound=BaseModel)


def each_record(
    event: dict[str, Any], context: LambdaContext, model: type[Model], work: Callable[[Model], None]
) -> dict[str, Any]:
    """Do the work for each message and return which ones the queue shall bring again.

    A message about something that is gone, or that its state no longer permits, is done with: bringing it again
    would change nothing. One that does not fit the model goes back too, and so ends in the dead-letter queue.
    """

    def one(record: SQSRecord) -> None:
        try:
            work(model.model_validate_json(record.body))
        except StaleWrite:
            raise
        except (NotFound, Conflict) as error:
            logger.warning("message_without_effect", message_id=record.message_id, code=error.code)
        except ValidationError as error:
            logger.error("message_unreadable", message_id=record.message_id, problems=error.error_count())
            raise ValueError("unreadable message") from None
        except CoachingError as error:
            logger.warning("message_failed", message_id=record.message_id, code=error.code)
            raise
        except Exception as error:
            log_unexpected(error)
            raise

    with measured(context.function_name):
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return dict(process_partial_response(event, record_handler=one, processor=processor))
