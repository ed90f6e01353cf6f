"""Files, and the work that is done on them."""

from functools import cache
from typing import TYPE_CHECKING, Protocol

from coaching.settings import settings
from coaching.wiring.records import table

if TYPE_CHECKING:
    from coaching.knowledge.ports import (
        Arrivals,
        DocumentWork,
        PartedUploads,
        Shares,
        StrayUploads,
        Uploads,
        WorkFiles,
    )

    class UploadedFiles(Uploads, PartedUploads, Arrivals, StrayUploads, Protocol): ...


@cache
def shares() -> "Shares":
    from coaching.adapters.aws.fair_share import DynamoDBShares

    return DynamoDBShares(table())


@cache
def uploads() -> "UploadedFiles":
    from coaching.adapters.aws.clients import s3_client
    from coaching.adapters.aws.uploads import S3Uploads

    return S3Uploads(s3_client, settings().uploads_bucket)


@cache
def work_files() -> "WorkFiles":
    from coaching.adapters.aws.clients import s3_client
    from coaching.adapters.aws.work_files import S3WorkFiles

    return S3WorkFiles(s3_client, settings().work_bucket)


@cache
def document_work() -> "DocumentWork":
    from coaching.adapters.aws.clients import stepfunctions_client
    from coaching.adapters.aws.document_work import StepFunctionsDocumentWork

    chosen = settings()
    return StepFunctionsDocumentWork(
        stepfunctions_client, chosen.ingestion_state_machine_arn, chosen.deletion_state_machine_arn
    )
