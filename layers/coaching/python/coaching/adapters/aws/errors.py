"""Where AWS's errors end and the product's begin."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coaching.errors import StorageUnavailable, Unavailable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_PASSING = frozenset(
    {
        "ExecutionLimitExceeded",
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class ConditionFailed(Exception):
    """A conditional write met something else than it expected. Never leaves the adapters.

    `found` is the item that stands there, empty if none does or if it was not asked for.
    """

    def __init__(self, found: Mapping[str, Any] | None = None) -> None:
        super().__init__("The condition of a write does not hold.")
        self.found = found or {}


@contextmanager
def translated_errors(unavailable: type[Unavailable] = StorageUnavailable) -> Iterator[None]:
    """Raise `unavailable` for what passes (throttling, timeouts, connections) and ConditionFailed for a lost race.

    What remains is a mistake of ours (a permission, a missing table, a bad request) and goes on as it is,
    so that it is seen as a failure instead of asking the caller to retry for ever.
    """
    from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
    from botocore.exceptions import ConnectionError as NoConnection

    try:
        yield
    except ClientError as error:
        translated = _translated(error, unavailable)
        if translated is None:
            raise
        raise translated from error
    except (HTTPClientError, IncompleteReadError, NoConnection) as error:
        raise unavailable("The storage did not answer; try again shortly.") from error


def error_code(error: "ClientError") -> str:
    """Return AWS's name for the error, for example `NoSuchKey`."""
    return error.response.get("Error", {}).get("Code", "")


def _translated(error: "ClientError", unavailable: type[Unavailable]) -> Exception | None:
    if error_code(error) == "ConditionalCheckFailedException":
        answer: Mapping[str, Any] = error.response
        return ConditionFailed(answer.get("Item"))
    codes = _codes(error)
    if codes & _LOST:
        return ConditionFailed()
    if codes & _PASSING or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return unavailable("The storage is overloaded; try again shortly.")
    return None


def _codes(error: "ClientError") -> set[str]:
    """Return the error's code together with those of a transaction's parts."""
    reasons = error.response.get("CancellationReasons", [])
    return {error_code(error), *(reason.get("Code", "") for reason in reasons)}
