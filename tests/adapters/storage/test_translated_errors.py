"""What AWS says, in the product's words."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from coaching.adapters.aws.clients import dynamodb_client, s3_client, stepfunctions_client
from coaching.adapters.aws.document_work import StepFunctionsDocumentWork
from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.errors import ConditionFailed, translated_errors
from coaching.adapters.aws.table import DynamoDBTable
from coaching.errors import StorageUnavailable, Unavailable
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.storage.samples import document

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def answered(code: str, *, status: int = 400, reasons: tuple[str, ...] = ()) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "secret"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(answer, "PutItem")


@pytest.mark.parametrize(
    "error",
    [
        answered("ThrottlingException"),
        answered("ProvisionedThroughputExceededException"),
        answered("SlowDown", status=503),
        answered("Whatever", status=500),
        answered("TransactionCanceledException", reasons=("None", "ThrottlingError")),
        ConnectTimeoutError(endpoint_url="http://x"),
        ReadTimeoutError(endpoint_url="http://x"),
        EndpointConnectionError(endpoint_url="http://x"),
    ],
)
def test_what_passes_is_unavailable_for_a_while(error: Exception) -> None:
    with pytest.raises(StorageUnavailable) as translated, translated_errors():
        raise error
    assert translated.value.__cause__ is error
    assert "secret" not in translated.value.message


@pytest.mark.parametrize(
    "error",
    [
        answered("ConditionalCheckFailedException"),
        answered("TransactionCanceledException", reasons=("ConditionalCheckFailed", "None")),
        answered("TransactionCanceledException", reasons=("TransactionConflict",)),
    ],
)
def test_a_lost_race_is_told_apart(error: ClientError) -> None:
    with pytest.raises(ConditionFailed), translated_errors():
        raise error


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_mistake_of_ours_is_not_disguised_as_weather(code: str) -> None:
    with pytest.raises(ClientError), translated_errors():
        raise answered(code)


@pytest.mark.usefixtures("aws_address")
def test_an_address_where_nobody_answers_is_unavailable() -> None:
    nobody = "http://127.0.0.1:9"
    documents = DynamoDBDocuments(DynamoDBTable(lambda: dynamodb_client(nobody), "coaching"))
    with pytest.raises(StorageUnavailable):
        documents.get(CreatorId("hearth"), DocumentId("01J"))
    with pytest.raises(Unavailable):
        StepFunctionsDocumentWork(lambda: stepfunctions_client(nobody), "arn", "arn").start_ingestion(document())


@pytest.mark.usefixtures("aws_address")
@pytest.mark.parametrize("client", [dynamodb_client, s3_client, stepfunctions_client])
def test_every_wait_has_a_deadline_and_retries_are_bounded(client: Any) -> None:
    config = client("http://127.0.0.1:9").meta.config
    assert (config.connect_timeout, config.read_timeout <= 10) == (2, True)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_our_own_write_sent_twice_is_no_conflict(table: DynamoDBTable) -> None:
    twice = DynamoDBTable(lambda: AnswerLost(table.client()), table.name)  # type: ignore[arg-type,return-value]
    assert DynamoDBDocuments(twice).save(document()).revision == 1


class AnswerLost:
    """A client whose first answer to a write is lost, so that it is sent again."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client

    def put_item(self, **request: Any) -> Any:
        self.client.put_item(**request)
        return self.client.put_item(**request)
