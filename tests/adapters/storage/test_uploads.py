"""Creators' files: what every adapter promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from coaching.adapters.aws.uploads import S3Uploads, upload_key
from coaching.adapters.memory.files import MemoryUploads
from coaching.errors import Malformed, NotFound, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ports import UploadPermit, Uploads
from tests.adapters.storage.samples import MOMENT, document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Send = Callable[[Document, bytes], None]


def put(permit: UploadPermit, data: bytes) -> None:
    """Send bytes as `curl -T` does."""
    request = Request(permit.url, data=data, headers=dict(permit.headers), method="PUT")
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200


class UploadsContract:
    def test_reads_what_was_sent_last(self, uploads: Uploads, send: Send) -> None:
        send(document(), b"first")
        send(document(), b"second \x00\xff")
        assert uploads.read(document(), limit_bytes=9) == b"second \x00\xff"

    def test_refuses_to_read_more_than_the_limit(self, uploads: Uploads, send: Send) -> None:
        send(document(), b"second")
        with pytest.raises(UnusableDocument) as refused:
            uploads.read(document(), limit_bytes=5)
        assert refused.value.code == "too_large"

    def test_does_not_find_what_was_not_sent(self, uploads: Uploads) -> None:
        with pytest.raises(NotFound):
            uploads.read(document(), limit_bytes=5)

    def test_asks_for_the_content_type_of_the_document(self, uploads: Uploads) -> None:
        assert uploads.permit(document()).headers == {"Content-Type": "text/markdown"}

    def test_forgets_every_version_of_this_document_alone(self, uploads: Uploads, send: Send) -> None:
        others = [document("heart"), document(document_id="01J2"), document(document_id="01")]
        for each in (document(), document(), *others):
            send(each, each.document_id.encode())
        uploads.remove(document())
        uploads.remove(document())
        with pytest.raises(NotFound):
            uploads.read(document(), limit_bytes=99)
        assert [uploads.read(other, limit_bytes=99) for other in others] == [b"01J", b"01J2", b"01"]

    def test_takes_any_file_name(self, uploads: Uploads, send: Send) -> None:
        for name in ("ü +%20&?=#.md", "a" * 200, "...md", "日本語 文書.pdf"):
            send(document(name=name), name.encode())
            assert uploads.read(document(name=name), limit_bytes=999) == name.encode()


class TestInMemory(UploadsContract):
    @pytest.fixture
    def uploads(self) -> MemoryUploads:
        return MemoryUploads()

    @pytest.fixture
    def send(self, uploads: MemoryUploads) -> Send:
        return uploads.receive


class TestS3(UploadsContract):
    @pytest.fixture
    def uploads(self, s3: "S3Client", bucket: str) -> S3Uploads:
        return S3Uploads(lambda: s3, bucket, lambda: MOMENT)

    @pytest.fixture
    def send(self, uploads: S3Uploads) -> Send:
        return lambda each, data: put(uploads.permit(each), data)

    def test_signs_the_content_type_for_a_quarter_of_an_hour(self, uploads: S3Uploads) -> None:
        permit = uploads.permit(document())
        address = urlsplit(permit.url)
        signed = parse_qs(address.query)
        assert address.path.endswith("/uploads/hearth/01J/guide.md")
        assert signed["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
        assert signed["X-Amz-Expires"] == ["900"]
        assert permit.expires_at == MOMENT + timedelta(minutes=15)

    def test_leaves_no_version_behind(self, uploads: S3Uploads, send: Send, s3: "S3Client", bucket: str) -> None:
        for data in (b"one", b"two"):
            send(document(), data)
        s3.delete_object(Bucket=bucket, Key=upload_key(document()))
        uploads.remove(document())
        assert not {"Versions", "DeleteMarkers"} & set(s3.list_object_versions(Bucket=bucket))

    @pytest.mark.parametrize("bad", ["", ".", "..", "../../01X/stolen.md", "a/b", "a\nb", "x" * 1024])
    def test_refuses_a_name_that_leaves_its_folder(self, uploads: S3Uploads, bad: str) -> None:
        with pytest.raises(Malformed):
            uploads.permit(document(name=bad))
        with pytest.raises(Malformed):
            uploads.remove(replace(document(), document_id=bad))  # type: ignore[arg-type]
