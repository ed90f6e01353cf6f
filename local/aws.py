"""The local run's own AWS clients: one of each, with addresses and credentials given, not read from anywhere."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.functions import REGION

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_transcribe import TranscribeServiceClient

CREDENTIALS: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
LONGEST_FUNCTION_SECONDS = 900


class AwsClients:
    """Clients of the AWS at `url`, each made when first used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()
        self._session: Any = None

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        client: CognitoIdentityProviderClient = self._client("cognito-idp")
        return client

    @property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @property
    def events(self) -> "EventBridgeClient":
        client: EventBridgeClient = self._client("events")
        return client

    @property
    def iam(self) -> Any:  # noqa: ANN401 - one call, not worth a package of types
        return self._client("iam")

    @property
    def functions(self) -> "LambdaClient":
        client: LambdaClient = self._client("lambda")
        return client

    @property
    def s3(self) -> "S3Client":
        client: S3Client = self._client("s3")
        return client

    @property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self._client("sqs")
        return client

    @property
    def stepfunctions(self) -> "SFNClient":
        client: SFNClient = self._client("stepfunctions")
        return client

    @property
    def ses(self) -> "SESV2Client":
        client: SESV2Client = self._client("sesv2")
        return client

    @property
    def sns(self) -> "SNSClient":
        client: SNSClient = self._client("sns")
        return client

    @property
    def transcribe(self) -> "TranscribeServiceClient":
        client: TranscribeServiceClient = self._client("transcribe")
        return client

    def _client(self, service: str) -> Any:  # noqa: ANN401 - each property names its own
        from boto3.session import Session
        from botocore.config import Config

        # boto3 documents that a session may not make clients in several threads at once.
        with self._making:
            if self._session is None:
                self._session = Session(
                    aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
                    aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
                    region_name=REGION,
                )
            if service not in self._made:
                # A state machine waits for a function as long as the function may take.
                read_seconds = LONGEST_FUNCTION_SECONDS if service == "lambda" else 30
                config = Config(
                    connect_timeout=2,
                    read_timeout=read_seconds,
                    max_pool_connections=50,
                    retries={"total_max_attempts": 1},
                )
                self._made[service] = self._session.client(service, endpoint_url=self._url, config=config)
            return self._made[service]
