"""Creators' files: what every adapter promises."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from coaching.adapters.aws.uploads import S3Uploads, upload_key
from coaching.adapters.memory.files import MemoryUploads
from coaching.errors import Malformed, NotFound, UnusableDocument
from coaching.knowledge.document import Document
from coaching.knowledge.ports import Arrivals, UploadPermit, Uploads
from tests.adapters.storage.samples import MOMENT, document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Send = Callable[[Document, bytes], Document]
"""Sends bytes for a document and returns the document that received them."""


class UploadStore(Uploads, Arrivals, Protocol): ...


def put(permit: UploadPermit, data: bytes) -> None:
    """Send bytes as `curl -T` does."""
    request = Request(permit.url, data=data, headers=dict(permit.headers), method="PUT")
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def received(uploads: Arrivals, announced: Document) -> Document:
    return announced.receive(uploads.last(announced))


class UploadsContract:
    def test_reads_what_was_sent(self, uploads: UploadStore, send: Send) -> None:
        assert uploads.read(send(document(), b"first \x00\xff"), limit_bytes=9) == b"first \x00\xff"

    def test_reads_the_upload_that_the_document_received_whatever_was_sent_since(
        self, uploads: UploadStore, send: Send
    ) -> None:
        first = send(document(), b"first")
        second = send(document(), b"second")
        assert uploads.read(first, limit_bytes=9) == b"first"
        assert uploads.read(second, limit_bytes=9) == b"second"

    def test_tells_what_was_sent_last(self, uploads: UploadStore, send: Send) -> None:
        first = send(document(), b"first")
        send(document(), b"second")
        last = uploads.last(document())
        assert (last.etag, last.size_bytes) == (hashlib.md5(b"second").hexdigest(), 6)
        assert last.object_version != first.object_version

    def test_the_same_bytes_have_the_same_etag(self, uploads: UploadStore, send: Send) -> None:
        assert send(document(), b"first").etag == send(document(), b"first").etag

    def test_tells_where_nothing_was_sent(self, uploads: UploadStore) -> None:
        with pytest.raises(NotFound):
            uploads.last(document())

    def test_refuses_to_read_more_than_the_limit(self, uploads: UploadStore, send: Send) -> None:
        with pytest.raises(UnusableDocument) as refused:
            uploads.read(send(document(), b"second"), limit_bytes=5)
        assert refused.value.code == "too_large"

    def test_does_not_find_a_version_that_is_gone(self, uploads: UploadStore, send: Send) -> None:
        gone = send(document(), b"first")
        uploads.remove(gone)
        send(document(), b"second")
        with pytest.raises(NotFound):
            uploads.read(replace(gone, object_version=f"{gone.object_version}0"), limit_bytes=9)

    def test_does_not_find_what_was_not_sent(self, uploads: UploadStore) -> None:
        with pytest.raises(NotFound):
            uploads.read(document(), limit_bytes=5)

    def test_asks_for_the_content_type_of_the_document(self, uploads: UploadStore) -> None:
        assert uploads.permit(document()).headers == {"Content-Type": "text/markdown"}

    def test_forgets_every_version_of_this_document_alone(self, uploads: UploadStore, send: Send) -> None:
        mine = [send(document(), b"01J") for _ in range(2)]
        others = [
            send(each, each.document_id.encode())
            for each in (document("heart"), document(document_id="01J2"), document(document_id="01"))
        ]
        uploads.remove(document())
        uploads.remove(document())
        for each in mine:
            with pytest.raises(NotFound):
                uploads.read(each, limit_bytes=99)
        assert [uploads.read(other, limit_bytes=99) for other in others] == [b"01J", b"01J2", b"01"]

    def test_takes_any_file_name(self, uploads: UploadStore, send: Send) -> None:
        for name in ("ü +%20&?=#.md", "a" * 200, "...md", "日本語 文書.pdf"):
            assert uploads.read(send(document(name=name), name.encode()), limit_bytes=999) == name.encode()


class TestInMemory(UploadsContract):
    @pytest.fixture
    def uploads(self) -> MemoryUploads:
        return MemoryUploads()

    @pytest.fixture
    def send(self, uploads: MemoryUploads) -> Send:
        return lambda each, data: each.receive(uploads.receive(each, data))


class TestS3(UploadsContract):
    @pytest.fixture
    def uploads(self, s3: "S3Client", bucket: str) -> S3Uploads:
        return S3Uploads(lambda: s3, bucket, lambda: MOMENT)

    @pytest.fixture
    def send(self, uploads: S3Uploads) -> Send:
        def sent(each: Document, data: bytes) -> Document:
            put(uploads.permit(each), data)
            return received(uploads, each)

        return sent

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
