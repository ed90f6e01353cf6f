"""Creators' files in S3."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coaching.adapters.aws.buckets import joined, opened, remove_folder
from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.errors import Conflict, Invalid, NotFound, UnusableDocument
from coaching.knowledge.arrival import Arrival
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Arrivals, PartedUploads, StrayUploads, UploadPart, UploadPermit, Uploads
from coaching.knowledge.speech_types import is_recording, media_format
from coaching.vocabulary import CreatorId, DocumentId, now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PERMITTED_FOR = timedelta(minutes=15)
PARTS_PERMITTED_FOR = timedelta(hours=6)
"""2 GB take some 5 hours at 1 Mbit/s. S3 honours a permit no longer than the credentials that signed it live."""
LARGEST_WHOLE_BYTES = 25 * 1024 * 1024
PART_BYTES = 32 * 1024 * 1024
"""2 GB in 64 parts: their permits together fit into one record, so that a repeated request is answered with them."""
_MEGABYTE = 1024 * 1024
_WRONG_PARTS = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


def upload_key(document: Document) -> str:
    """Return where the document's bytes stand: `uploads/{creator_id}/{document_id}/{name}`. Raises: Malformed.

    Amazon Transcribe keeps a recording's address for 90 days, so it is told nobody's file name.
    """
    kind = document.content_type
    name = f"recording.{media_format(kind)}" if is_recording(kind) else document.name
    return joined("uploads", document.creator_id, document.document_id, name)


@dataclass(frozen=True, slots=True)
class S3Uploads(Uploads, PartedUploads, Arrivals, StrayUploads):
    """Files of more than `largest_whole_bytes` are sent in parts of `part_bytes`, of which S3 wants 5 MiB at least."""

    client: "Callable[[], S3Client]"
    bucket: str
    clock: Callable[[], datetime] = now
    largest_whole_bytes: int = LARGEST_WHOLE_BYTES
    part_bytes: int = PART_BYTES

    def permit(self, document: Document) -> UploadPermit:
        """Return addresses signed for this key and for the sizes of the file, or of its parts, alone.

        Raises: Malformed for an impossible name, StorageUnavailable.
        """
        key = upload_key(document)
        if document.size_bytes > self.largest_whole_bytes:
            return self._permit_parts(document, key)
        exactly = {"ContentType": document.content_type, "ContentLength": document.size_bytes}
        url = self._signed("put_object", {"Key": key, **exactly}, PERMITTED_FOR)
        return UploadPermit(url, {"Content-Type": document.content_type}, self.clock() + PERMITTED_FOR)

    def _permit_parts(self, document: Document, key: str) -> UploadPermit:
        """The bucket aborts what is not completed within a day."""
        with translated_errors():
            begun = self.client().create_multipart_upload(
                Bucket=self.bucket, Key=key, ContentType=document.content_type
            )
        upload = {"Key": key, "UploadId": begun["UploadId"]}
        parts = tuple(
            UploadPart(number, size, self._signed_part(upload, number, size))
            for number, size in enumerate(self._sizes(document.size_bytes), start=1)
        )
        return UploadPermit("", {}, self.clock() + PARTS_PERMITTED_FOR, parts, begun["UploadId"])

    def _sizes(self, size_bytes: int) -> tuple[int, ...]:
        """Return the sizes of the parts: all the same but the last."""
        starts = range(0, size_bytes, self.part_bytes)
        return tuple(min(self.part_bytes, size_bytes - start) for start in starts)

    def _signed_part(self, upload: dict[str, str], number: int, size: int) -> str:
        return self._signed("upload_part", {**upload, "PartNumber": number, "ContentLength": size}, PARTS_PERMITTED_FOR)

    def _signed(self, operation: str, params: Mapping[str, object], expires: timedelta) -> str:
        return self.client().generate_presigned_url(
            operation, Params={"Bucket": self.bucket, **params}, ExpiresIn=int(expires.total_seconds())
        )

    def complete(self, document: Document, etags: Mapping[int, str]) -> None:
        from botocore.exceptions import ClientError

        expected = range(1, len(self._sizes(document.upload_bytes)) + 1)
        if sorted(etags) != list(expected):
            raise Invalid("Parts are missing.", fields={"/parts": f"list each part from 1 to {len(expected)} once"})
        try:
            with translated_errors():
                self.client().complete_multipart_upload(
                    Bucket=self.bucket,
                    Key=upload_key(document),
                    UploadId=document.upload_id,
                    MultipartUpload={"Parts": [{"PartNumber": number, "ETag": etags[number]} for number in expected]},
                )
        except ClientError as error:
            if error_code(error) in _WRONG_PARTS:
                told = "a part did not arrive, or its etag is another; send it again"
                raise Invalid("The parts do not fit.", fields={"/parts": told}) from error
            if error_code(error) != "NoSuchUpload":
                raise
            self._require_completed(document, [etags[number] for number in expected])

    def _require_completed(self, document: Document, etags: Sequence[str]) -> None:
        """Raises: Conflict unless the file that is there was made of these parts: completed before, not aborted."""
        try:
            if self.last(document).etag == _etag_of_whole(etags):
                return
        except NotFound:
            pass
        raise Conflict("The permit for these parts ran out. Ask for another one, and send them again.")

    def read(self, document: Document, *, limit_bytes: int) -> bytes:
        """Read the object version that was announced, whatever was uploaded since."""
        found = opened(self.client(), self.bucket, upload_key(document), version=document.object_version)
        with translated_errors(), found["Body"] as body:
            if found["ContentLength"] > limit_bytes:
                raise UnusableDocument(
                    "too_large",
                    f"The file has {found['ContentLength'] / _MEGABYTE:.1f} MB; "
                    f"{limit_bytes / _MEGABYTE:.1f} MB is the limit.",
                )
            return body.read()

    def last(self, document: Document) -> Arrival:
        from botocore.exceptions import ClientError

        try:
            with translated_errors():
                found = self.client().head_object(Bucket=self.bucket, Key=upload_key(document))
        except ClientError as error:
            if error_code(error) not in {"404", "NoSuchKey"}:
                raise
            raise NotFound("Nothing was uploaded for this document.") from error
        return Arrival(found["ETag"].strip('"'), found.get("VersionId", ""), size_bytes=found["ContentLength"])

    def remove(self, document: Document) -> None:
        """Delete the file and what has come of its parts; permits for parts are worth nothing afterwards."""
        if document.upload_id:
            self._abort(document)
        self.remove_strays(document.creator_id, document.document_id)

    def remove_strays(self, creator_id: CreatorId, document_id: DocumentId) -> None:
        folder = joined("uploads", creator_id, document_id)
        remove_folder(self.client(), self.bucket, f"{folder}/")

    def _abort(self, document: Document) -> None:
        from botocore.exceptions import ClientError

        try:
            with translated_errors():
                self.client().abort_multipart_upload(
                    Bucket=self.bucket, Key=upload_key(document), UploadId=document.upload_id
                )
        except ClientError as error:
            if error_code(error) != "NoSuchUpload":
                raise


def _etag_of_whole(parts: Sequence[str]) -> str:
    """Return the tag of a file made of parts with these tags, empty where they are none.

    Source: docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html (MD5 of the parts' MD5s).
    """
    try:
        digests = b"".join(bytes.fromhex(part.strip('"')) for part in parts)
    except ValueError:
        return ""
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
