"""What the S3 adapters share: keys that stay in their folder, and reading and deleting."""

from typing import TYPE_CHECKING

from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.errors import Malformed, NotFound, StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, ObjectIdentifierTypeDef

LARGEST_BATCH = 1000
"""Objects in one DeleteObjects. Source: docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""
LONGEST_KEY_BYTES = 1024
"""Source: docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""


def joined(*parts: str) -> str:
    """Return an object's key. Raises: Malformed for a part that would leave or change its folder."""
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or not part.isprintable():
            raise Malformed("A name in a storage path is not empty, not . or .., and has no / or control characters.")
    key = "/".join(parts)
    if len(key.encode("utf-8", "surrogatepass")) > LONGEST_KEY_BYTES:
        raise Malformed("The name is too long to be stored.")
    return key


def opened(client: "S3Client", bucket: str, key: str, *, version: str | None = None) -> "GetObjectOutputTypeDef":
    """Return the object, or one version of it, its body not read yet. Raises: NotFound, StorageUnavailable."""
    from botocore.exceptions import ClientError

    if version == "":
        raise NotFound("There is no such file.")
    try:
        with translated_errors():
            if version:
                return client.get_object(Bucket=bucket, Key=key, VersionId=version)
            return client.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error_code(error) not in {"NoSuchKey", "NoSuchVersion"}:
            raise
        raise NotFound("There is no such file.") from error


def remove_folder(client: "S3Client", bucket: str, folder: str, *, at_once: int = LARGEST_BATCH) -> None:
    """Delete every version of every object whose key starts with `folder`, which ends in a slash.

    Raises: StorageUnavailable; what is left then is found again.
    """
    while doomed := _versions(client, bucket, folder, at_once):
        with translated_errors():
            answer = client.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
        if answer.get("Errors"):
            raise StorageUnavailable("Some files could not be deleted; try again shortly.")


def _versions(client: "S3Client", bucket: str, folder: str, at_most: int) -> "list[ObjectIdentifierTypeDef]":
    with translated_errors():
        found = client.list_object_versions(Bucket=bucket, Prefix=folder, MaxKeys=at_most)
    versions = (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))
    return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
