"""Large files, sent in parts to S3 as moto answers it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from coaching.adapters.aws.uploads import PART_BYTES, PARTS_PERMITTED_FOR, S3Uploads, upload_key
from coaching.adapters.memory.documents import MemoryDocuments
from coaching.contract.documents import CreatedDocument, Upload
from coaching.errors import Conflict, Invalid, NotFound
from coaching.knowledge.completing import CompleteUpload
from coaching.knowledge.document import Document
from coaching.knowledge.ports import UploadPart, UploadPermit
from coaching.knowledge.speech_types import RECORDING_LIMIT_BYTES
from local.moto_patches import refuse_parts_of_no_upload
from tests.adapters.storage.samples import MOMENT, document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SMALLEST = 5 * 1024 * 1024
"""What S3 takes as a part that is not the last."""
DATA = bytes(range(256)) * (SMALLEST // 256) + b"the end"


def recording(size: int = len(DATA)) -> Document:
    return replace(document(name="talk.mp3"), content_type="audio/mpeg", size_bytes=size)


def sent(part: UploadPart, data: bytes) -> str:
    """Send one part as an app does, and return the tag it is answered with."""
    start = (part.number - 1) * SMALLEST
    piece = data[start : start + part.size_bytes]
    request = Request(part.url, data=piece, headers={"Content-Type": "audio/mpeg"}, method="PUT")
    with urlopen(request, timeout=30) as answer:
        return str(answer.headers["ETag"])


def whole(uploads: S3Uploads) -> bytes | None:
    """Return the file as it stands, None where there is none."""
    client = uploads.client()
    key = upload_key(recording())
    if not client.list_objects_v2(Bucket=uploads.bucket, Prefix=key).get("Contents"):
        return None
    return client.get_object(Bucket=uploads.bucket, Key=key)["Body"].read()


@pytest.fixture(autouse=True)
def _as_s3_says_it() -> None:
    refuse_parts_of_no_upload()


@pytest.fixture
def uploads(s3: "S3Client", bucket: str) -> S3Uploads:
    return S3Uploads(lambda: s3, bucket, lambda: MOMENT, largest_whole_bytes=SMALLEST, part_bytes=SMALLEST)


@pytest.fixture
def permit(uploads: S3Uploads) -> UploadPermit:
    return uploads.permit(recording())


@pytest.fixture
def begun(permit: UploadPermit) -> Document:
    return replace(recording(), upload_id=permit.upload_id, upload_bytes=len(DATA))


def test_a_file_in_parts_becomes_whole(uploads: S3Uploads, permit: UploadPermit, begun: Document) -> None:
    with ThreadPoolExecutor() as pool:
        etags = dict(zip((2, 1), pool.map(lambda part: sent(part, DATA), permit.parts[::-1]), strict=True))
    uploads.complete(begun, etags)
    assert whole(uploads) == DATA


def test_completing_again_changes_nothing(uploads: S3Uploads, permit: UploadPermit, begun: Document) -> None:
    etags = {part.number: sent(part, DATA).strip('"') for part in permit.parts}
    for _ in range(3):
        uploads.complete(begun, etags)
    # moto completes an upload again that it completed before; S3 says that there is none.
    uploads.complete(replace(begun, upload_id="completed-before"), etags)
    assert whole(uploads) == DATA


def test_a_part_can_be_sent_again(uploads: S3Uploads, permit: UploadPermit, begun: Document) -> None:
    first, last = permit.parts
    sent(first, b"x" * SMALLEST)
    uploads.complete(begun, {2: sent(last, DATA), 1: sent(first, DATA)})
    assert whole(uploads) == DATA


@pytest.mark.parametrize("etags", [{1: "a"}, {2: "a"}, {1: "a", 2: "b", 3: "c"}, {1: "a", 2: "b"}])
def test_parts_that_are_missing_or_others_are_refused(
    uploads: S3Uploads, permit: UploadPermit, begun: Document, etags: dict[int, str]
) -> None:
    sent(permit.parts[0], DATA)
    with pytest.raises(Invalid) as refused:
        uploads.complete(begun, etags)
    assert list(refused.value.fields) == ["/parts"]
    assert whole(uploads) is None


def test_parts_that_were_thrown_away_cannot_be_completed(
    uploads: S3Uploads, permit: UploadPermit, begun: Document
) -> None:
    etags = {part.number: sent(part, DATA) for part in permit.parts}
    uploads.remove(begun)
    uploads.remove(begun)
    with pytest.raises(Conflict, match="ran out"):
        uploads.complete(begun, etags)
    with pytest.raises(HTTPError):
        sent(permit.parts[0], DATA)


def test_parts_that_were_thrown_away_are_not_taken_for_a_version_that_is_there(
    uploads: S3Uploads, permit: UploadPermit, begun: Document
) -> None:
    etags = {part.number: sent(part, DATA) for part in permit.parts}
    uploads.complete(begun, etags)
    again = uploads.permit(recording())
    other = {part.number: sent(part, DATA[::-1]) for part in again.parts}
    later = replace(begun, upload_id=again.upload_id)
    uploads.client().abort_multipart_upload(Bucket=uploads.bucket, Key=upload_key(later), UploadId=again.upload_id)
    for wrong in (other, {1: "not", 2: "hexadecimal"}):
        with pytest.raises(Conflict, match="ran out"):
            uploads.complete(later, wrong)


def test_each_part_has_its_own_address_for_its_exact_size(permit: UploadPermit) -> None:
    assert [(part.number, part.size_bytes) for part in permit.parts] == [(1, SMALLEST), (2, len("the end"))]
    assert (permit.url, permit.expires_at) == ("", MOMENT + PARTS_PERMITTED_FOR)
    for part in permit.parts:
        address = urlsplit(part.url)
        signed = parse_qs(address.query)
        assert address.path.endswith("/uploads/hearth/01J/recording.mp3")
        assert signed["partNumber"] == [str(part.number)]
        assert signed["X-Amz-SignedHeaders"] == ["content-length;host"]
        assert signed["X-Amz-Expires"] == [str(6 * 3600)]
    assert timedelta(hours=5) < PARTS_PERMITTED_FOR < timedelta(days=1)


def test_a_file_that_fits_into_one_put_has_no_parts(uploads: S3Uploads) -> None:
    permit = uploads.permit(recording(SMALLEST))
    assert permit.url
    assert (permit.parts, permit.upload_id) == ((), "")


def test_the_permits_of_the_largest_recording_fit_into_a_record(s3: "S3Client", bucket: str) -> None:
    permit = S3Uploads(lambda: s3, bucket).permit(recording(RECORDING_LIMIT_BYTES))
    assert len(permit.parts) == RECORDING_LIMIT_BYTES // PART_BYTES == 64
    reply = CreatedDocument(document_id="01J", status="awaiting_upload", upload=Upload.of(permit))
    # A session token, which a function's credentials have, adds up to 1.5 KB to each address.
    assert len(reply.model_dump_json()) + 64 * 1_500 < 300 * 1024


def test_nobodys_file_name_is_in_a_recordings_address() -> None:
    for content_type, kind in (("audio/x-m4a", "m4a"), ("audio/wav; codecs=1", "wav"), ("video/mp4", "mp4")):
        named = replace(recording(), name="My divorce.mp4", content_type=content_type)
        assert upload_key(named) == f"uploads/hearth/01J/recording.{kind}"


class TestCompleting:
    def test_what_is_sent_whole_has_nothing_to_complete(self, uploads: S3Uploads) -> None:
        documents = stored(replace(recording(), status="awaiting_upload"))
        with pytest.raises(Conflict, match="whole"):
            CompleteUpload(documents, uploads)(recording().creator_id, recording().document_id, {1: "a"})

    def test_a_document_that_is_being_deleted_is_not_completed(self, uploads: S3Uploads, begun: Document) -> None:
        documents = stored(replace(begun, status="deleting"))
        with pytest.raises(Conflict, match="deleted"):
            CompleteUpload(documents, uploads)(begun.creator_id, begun.document_id, {1: "a", 2: "b"})

    def test_a_document_of_another_creator_is_not_found(self, uploads: S3Uploads, begun: Document) -> None:
        with pytest.raises(NotFound):
            CompleteUpload(stored(begun), uploads)(document("heart").creator_id, begun.document_id, {1: "a", 2: "b"})


def stored(one: Document) -> MemoryDocuments:
    documents = MemoryDocuments()
    documents.save(one)
    return documents
