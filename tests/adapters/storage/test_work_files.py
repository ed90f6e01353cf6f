"""An ingestion's intermediate files: what every adapter promises."""

from typing import TYPE_CHECKING

import pytest

from coaching.adapters.aws.buckets import remove_folder
from coaching.adapters.aws.work_files import S3WorkFiles
from coaching.adapters.memory.files import MemoryWorkFiles
from coaching.errors import Malformed, NotFound
from coaching.knowledge.ports import WorkFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class WorkFilesContract:
    def test_reads_what_was_written_last(self, files: WorkFiles) -> None:
        files.write("hearth/01J/v1/blocks.json", b"[]")
        files.write("hearth/01J/v1/blocks.json", b"[1]")
        assert files.read("hearth/01J/v1/blocks.json") == b"[1]"

    def test_does_not_find_what_was_not_written(self, files: WorkFiles) -> None:
        with pytest.raises(NotFound):
            files.read("hearth/01J/v1/blocks.json")

    def test_removes_a_folder_and_nothing_that_begins_like_it(self, files: WorkFiles) -> None:
        for key in ("hearth/01J/v1/a", "hearth/01J/v1/b/c", "hearth/01J/v10/a", "hearth/01J2/v1/a"):
            files.write(key, b"x")
        files.remove_all("hearth/01J/v1")
        files.remove_all("hearth/01J2/")
        for gone in ("hearth/01J/v1/a", "hearth/01J/v1/b/c", "hearth/01J2/v1/a"):
            with pytest.raises(NotFound):
                files.read(gone)
        assert files.read("hearth/01J/v10/a") == b"x"


class TestInMemory(WorkFilesContract):
    @pytest.fixture
    def files(self) -> MemoryWorkFiles:
        return MemoryWorkFiles()


class TestS3(WorkFilesContract):
    @pytest.fixture
    def files(self, s3: "S3Client", bucket: str) -> S3WorkFiles:
        return S3WorkFiles(lambda: s3, bucket)

    @pytest.mark.parametrize("bad", ["", "/", "../uploads", "a//b", "a/./b"])
    def test_refuses_a_key_that_leaves_its_folder(self, files: S3WorkFiles, bad: str) -> None:
        with pytest.raises(Malformed):
            files.remove_all(bad)
        with pytest.raises(Malformed):
            files.write(bad, b"x")

    def test_never_reaches_the_uploads(self, files: S3WorkFiles, s3: "S3Client", bucket: str) -> None:
        s3.put_object(Bucket=bucket, Key="uploads/hearth/01J/guide.md", Body=b"x")
        files.remove_all("uploads")
        assert s3.get_object(Bucket=bucket, Key="uploads/hearth/01J/guide.md")["ContentLength"] == 1

    def test_removes_more_files_than_one_call_can(self, files: S3WorkFiles, s3: "S3Client", bucket: str) -> None:
        for number in range(7):
            files.write(f"hearth/{number % 4}", b"x")
        remove_folder(s3, bucket, "work/hearth/", at_once=2)
        assert not {"Versions", "DeleteMarkers"} & set(s3.list_object_versions(Bucket=bucket))
