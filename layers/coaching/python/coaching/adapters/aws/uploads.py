"""Creators' files in S3."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coaching.adapters.aws.buckets import joined, opened, remove_folder
from coaching.adapters.aws.errors import translated_errors
from coaching.errors import UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ports import UploadPermit, Uploads
from coaching.vocabulary import now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PERMITTED_FOR = timedelta(minutes=15)
_MEGABYTE = 1024 * 1024


def upload_key(document: Document) -> str:
    """Return where the document's bytes stand: `uploads/{creator_id}/{document_id}/{name}`. Raises: Malformed."""
    return joined("uploads", document.creator_id, document.document_id, document.name)


@dataclass(frozen=True, slots=True)
class S3Uploads(Uploads):
    client: "Callable[[], S3Client]"
    bucket: str
    clock: Callable[[], datetime] = now

    def permit(self, document: Document) -> UploadPermit:
        """Return an address signed for this key, content type and size alone.

        Raises: Malformed for an impossible name.
        """
        expires_at = self.clock() + PERMITTED_FOR
        url = self.client().generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket,
                "Key": upload_key(document),
                "ContentType": document.content_type,
                "ContentLength": document.size_bytes,
            },
            ExpiresIn=int(PERMITTED_FOR.total_seconds()),
        )
        return UploadPermit(url, {"Content-Type": document.content_type}, expires_at)

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        found = opened(self.client(), self.bucket, upload_key(document))
        with translated_errors(), found["Body"] as body:
            if found["ContentLength"] > limit_bytes:
                raise UnusableDocument(
                    "too_large",
                    f"The file has {found['ContentLength'] / _MEGABYTE:.1f} MB; "
                    f"{limit_bytes / _MEGABYTE:.1f} MB is the limit.",
                )
            return body.read()

    def remove(self, document: Document) -> None:
        folder = joined("uploads", document.creator_id, document.document_id)
        remove_folder(self.client(), self.bucket, f"{folder}/")
