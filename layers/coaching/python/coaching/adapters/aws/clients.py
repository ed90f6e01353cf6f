"""AWS clients with a deadline on every wait, one of each per process, made when first used.

Address, region and credentials come from the standard AWS environment. `endpoint_url` overrides the address.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_transcribe import TranscribeServiceClient

ATTEMPTS = 3
CONNECT_SECONDS = 2


@cache
def dynamodb_client(endpoint_url: str | None = None) -> "DynamoDBClient":
    """Return the DynamoDB client: an answer takes milliseconds, so one that takes seconds is asked for again."""
    from boto3.session import Session

    client: DynamoDBClient = Session().client("dynamodb", endpoint_url=endpoint_url, config=_config(read_seconds=3))
    return client


@cache
def s3_client(endpoint_url: str | None = None) -> "S3Client":
    """Return the S3 client. Its presigned addresses are signed with version 4, for one content type."""
    from boto3.session import Session
    from botocore.config import Config

    # Checksums that nobody asked for would become part of a presigned address and refuse a plain `curl -T`.
    # The region stands in the address only in this style, and a bucket elsewhere answers there alone.
    signed = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        s3={"addressing_style": "virtual"},
    )
    client: S3Client = Session().client("s3", endpoint_url=endpoint_url, config=_config(read_seconds=10).merge(signed))
    return client


@cache
def stepfunctions_client(endpoint_url: str | None = None) -> "SFNClient":
    """Return the Step Functions client."""
    from boto3.session import Session

    client: SFNClient = Session().client("stepfunctions", endpoint_url=endpoint_url, config=_config(read_seconds=5))
    return client


@cache
def transcribe_client(endpoint_url: str | None = None) -> "TranscribeServiceClient":
    """Return the Amazon Transcribe client."""
    from boto3.session import Session

    client: TranscribeServiceClient = Session().client(
        "transcribe", endpoint_url=endpoint_url, config=_config(read_seconds=5)
    )
    return client


@cache
def secretsmanager_client(endpoint_url: str | None = None) -> "SecretsManagerClient":
    """Return the Secrets Manager client."""
    from boto3.session import Session

    client: SecretsManagerClient = Session().client(
        "secretsmanager", endpoint_url=endpoint_url, config=_config(read_seconds=3)
    )
    return client


@cache
def ses_client(endpoint_url: str | None = None) -> "SESV2Client":
    """Return the Amazon SES client."""
    from boto3.session import Session

    client: SESV2Client = Session().client("sesv2", endpoint_url=endpoint_url, config=_config(read_seconds=5))
    return client


@cache
def sns_client(endpoint_url: str | None = None) -> "SNSClient":
    """Return the Amazon SNS client."""
    from boto3.session import Session

    client: SNSClient = Session().client("sns", endpoint_url=endpoint_url, config=_config(read_seconds=5))
    return client


def _config(*, read_seconds: int) -> "Config":
    from botocore.config import Config

    # "standard" waits a random time of up to 1, 2, 4 ... 20 seconds between attempts.
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
