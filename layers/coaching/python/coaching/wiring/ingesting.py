"""A document's way in and out."""

from functools import cache
from typing import TYPE_CHECKING

from coaching.settings import settings
from coaching.wiring.files import document_work, shares, uploads, work_files
from coaching.wiring.records import documents, table
from coaching.wiring.searching import embedder, passage_embedder, passages, token_limit

if TYPE_CHECKING:
    from coaching.knowledge import (
        completing,
        ending,
        ingestion,
        laying_out,
        removing,
        sources,
        starting,
        sweeping,
        uploading,
    )


@cache
def announce_document() -> "uploading.AnnounceDocument":
    from coaching.knowledge.uploading import AnnounceDocument

    return AnnounceDocument(documents(), uploads(), hears=settings().speech_provider != "none")


@cache
def permit_version() -> "uploading.PermitVersion":
    from coaching.knowledge.uploading import PermitVersion

    return PermitVersion(documents(), uploads(), hears=settings().speech_provider != "none")


@cache
def complete_upload() -> "completing.CompleteUpload":
    from coaching.knowledge.completing import CompleteUpload

    return CompleteUpload(documents(), uploads())


@cache
def receive_upload() -> "uploading.ReceiveUpload":
    from coaching.knowledge.uploading import ReceiveUpload

    return ReceiveUpload(documents(), _start_waiting())


@cache
def take_upload() -> "uploading.TakeUpload":
    from coaching.knowledge.uploading import TakeUpload

    return TakeUpload(documents(), receive_upload(), uploads())


@cache
def _start_waiting() -> "starting.StartWaiting":
    from coaching.adapters.aws.fair_share import DynamoDBWaitingLine
    from coaching.knowledge.starting import StartWaiting

    return StartWaiting(documents(), DynamoDBWaitingLine(table()), shares(), document_work())


@cache
def end_ingestion() -> "starting.EndIngestion":
    from coaching.knowledge.starting import EndIngestion

    return EndIngestion(shares(), _start_waiting())


@cache
def sweep_documents() -> "sweeping.SweepDocuments":
    from coaching.adapters.aws.due import DynamoDBDueDocuments
    from coaching.knowledge.sweeping import SweepDocuments

    return SweepDocuments(
        DynamoDBDueDocuments(table()),
        documents(),
        uploads(),
        shares(),
        receive_upload(),
        end_ingestion(),
        document_work(),
    )


@cache
def retry_document() -> "uploading.RetryDocument":
    from coaching.knowledge.uploading import RetryDocument

    return RetryDocument(documents(), _start_waiting())


@cache
def delete_document() -> "uploading.DeleteDocument":
    from coaching.knowledge.uploading import DeleteDocument

    return DeleteDocument(documents(), document_work())


@cache
def extract_document() -> "ingestion.ExtractDocument":
    from coaching.adapters.extraction import FileExtractor
    from coaching.knowledge.ingestion import ExtractDocument

    return ExtractDocument(documents(), uploads(), FileExtractor(), work_files())


@cache
def split_document() -> "laying_out.SplitDocument":
    from coaching.knowledge.laying_out import SplitDocument

    return SplitDocument(documents(), work_files(), passages(), embedder().model, token_limit())


@cache
def embed_passages() -> "ingestion.EmbedPassages":
    from coaching.knowledge.ingestion import EmbedPassages

    return EmbedPassages(passage_embedder(), work_files())


@cache
def index_passages() -> "ingestion.IndexPassages":
    from coaching.knowledge.ingestion import IndexPassages

    return IndexPassages(documents(), work_files(), passages(), embedder().model)


@cache
def publish_document() -> "ingestion.PublishDocument":
    from coaching.knowledge.ingestion import PublishDocument

    return PublishDocument(documents(), work_files(), passages())


@cache
def fail_document() -> "ending.FailDocument":
    from coaching.knowledge.ending import FailDocument

    return FailDocument(documents(), passages())


@cache
def postpone_embedding() -> "ending.PostponeEmbedding":
    from coaching.knowledge.ending import PostponeEmbedding

    return PostponeEmbedding(documents())


@cache
def remove_document() -> "removing.RemoveDocument":
    from coaching.knowledge.removing import RemoveDocument

    return RemoveDocument(documents(), uploads(), work_files(), passages())


@cache
def find_removed_sources() -> "sources.FindRemovedSources":
    from coaching.knowledge.sources import FindRemovedSources

    return FindRemovedSources(documents())


@cache
def verify_removal() -> "removing.VerifyRemoval":
    from coaching.knowledge.removing import VerifyRemoval

    return VerifyRemoval(passages())


@cache
def fail_deletion() -> "removing.FailDeletion":
    from coaching.knowledge.removing import FailDeletion

    return FailDeletion(documents())
