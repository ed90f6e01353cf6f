"""An ingestion's intermediate files in S3."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coaching.adapters.aws.buckets import joined, opened, remove_folder
from coaching.adapters.aws.errors import translated_errors
from coaching.knowledge.ports import WorkFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3WorkFiles(WorkFiles):
    """Keys are paths below `work/` in the bucket, so that no removal reaches anything else."""

    client: "Callable[[], S3Client]"
    bucket: str

    def write(self, key: str, data: bytes) -> None:
        """Raises: Malformed for a key that leaves its folder, StorageUnavailable."""
        with translated_errors():
            self.client().put_object(Bucket=self.bucket, Key=below_work(key), Body=data)

    def read(self, key: str) -> bytes:
        found = opened(self.client(), self.bucket, below_work(key))
        with translated_errors(), found["Body"] as body:
            return body.read()

    def remove_all(self, prefix: str) -> None:
        """Delete the folder `prefix`, not what merely begins like it. Raises: Malformed, StorageUnavailable."""
        remove_folder(self.client(), self.bucket, f"{below_work(prefix.removesuffix('/'))}/")


def below_work(key: str) -> str:
    """Return the object's key in the work bucket. Raises: Malformed for one that leaves its folder."""
    return joined("work", *key.split("/"))
