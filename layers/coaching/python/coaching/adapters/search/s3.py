"""Creators' passages in a bucket: bytes and requests are paid for, and waiting costs nothing."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coaching.adapters.aws.buckets import LARGEST_BATCH
from coaching.adapters.aws.errors import error_code, translated_errors
from coaching.adapters.search.embedded import StoredPassages
from coaching.adapters.search.file_cache import FileCache
from coaching.adapters.search.files import ABANDONED_AFTER_SECONDS, NEVER_WRITTEN, UNKNOWN, Storage, Stored
from coaching.adapters.search.words import Language
from coaching.errors import SearchUnavailable, StaleWrite
from coaching.vocabulary import now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_MANIFEST = "manifest.json"
_FETCHED_AT_ONCE = 8
_CACHE_BYTES = 256 * 1024 * 1024
"""Half of what a function has for temporary files unless it is given more."""
_LOST_RACES = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""Source: docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""


class S3Passages(StoredPassages):
    """The store in a bucket, with copies of what was read in a folder of this machine."""

    def __init__(
        self,
        client: "Callable[[], S3Client]",
        bucket: str,
        cache: Path,
        *,
        language: Language = "english",
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        super().__init__(S3Storage(client, bucket, FileCache(cache, cache_bytes)), language=language)


class S3Storage(Storage):
    """Manifests are replaced on the condition that nobody else did; a reader's copy is good while its ETag is."""

    def __init__(
        self,
        client: "Callable[[], S3Client]",
        bucket: str,
        cache: FileCache,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._client, self._bucket, self._cache, self._clock = client, bucket, cache, clock

    def read_changed(self, creator: str, known: str) -> Stored | None:
        if known in {NEVER_WRITTEN, UNKNOWN}:
            stored = self._read(creator)
            return None if stored.tag == known else stored
        try:
            return self._read(creator, IfNoneMatch=known)
        except _Unchanged:
            return None

    def replace(self, creator: str, data: bytes, tag: str) -> str:
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if tag == NEVER_WRITTEN else {"IfMatch": tag}
        with _answered():
            key = _key(creator, _MANIFEST)
            written = self._client().put_object(Bucket=self._bucket, Key=key, Body=data, **condition)
            return written["ETag"]

    def add(self, creator: str, name: str, data: bytes) -> None:
        with _answered():
            self._client().put_object(Bucket=self._bucket, Key=_key(creator, name), Body=data)

    def paths(self, creator: str, names: Sequence[str]) -> list[Path]:
        if not names:
            return []
        try:
            with ThreadPoolExecutor(min(_FETCHED_AT_ONCE, len(names)), "segments") as pool:
                paths = list(pool.map(lambda name: self._path(creator, name), names))
            self._cache.evict(paths)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise SearchUnavailable("The folder for copies of passages cannot be written.") from error
        return paths

    def clear(self, creator: str, dropped: Collection[str], named: Collection[str]) -> None:
        known = {_key(creator, name) for name in named}
        doomed = {_key(creator, name) for name in dropped}
        abandoned = self._clock() - timedelta(seconds=ABANDONED_AFTER_SECONDS)
        with _answered():
            pages = self._client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=_key(creator, "")):
                old = (each["Key"] for each in page.get("Contents", ()) if each["LastModified"] < abandoned)
                doomed |= {key for key in old if key not in known and not key.endswith(f"/{_MANIFEST}")}
            self._delete(sorted(doomed))
        self._cache.remove(dropped)

    def _read(self, creator: str, **condition: Any) -> Stored:  # noqa: ANN401 - as boto3 names it
        try:
            with _answered():
                found = self._client().get_object(Bucket=self._bucket, Key=_key(creator, _MANIFEST), **condition)
                with closing(found["Body"]) as body:
                    return Stored(body.read(), found["ETag"])
        except FileNotFoundError:
            return Stored(None, NEVER_WRITTEN)

    def _delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), LARGEST_BATCH):
            batch: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[start : start + LARGEST_BATCH]]
            answer = self._client().delete_objects(Bucket=self._bucket, Delete={"Objects": batch, "Quiet": True})
            if answer.get("Errors"):
                raise SearchUnavailable("Some of the passages could not be deleted; try again shortly.")

    def _path(self, creator: str, name: str) -> Path:
        def fetched() -> Iterator[bytes]:
            with _answered():
                found = self._client().get_object(Bucket=self._bucket, Key=_key(creator, name))
                with closing(found["Body"]) as body:
                    yield from body.iter_chunks(1024 * 1024)

        return self._cache.get(f"{creator}-{name}", fetched)


class _Unchanged(Exception):
    """S3 answers 304: what it has is what we know."""


def _key(creator: str, name: str) -> str:
    return f"passages/{creator}/{name}"


@contextmanager
def _answered() -> Iterator[None]:
    """Raises: FileNotFoundError, StaleWrite, _Unchanged, SearchUnavailable; mistakes of ours go on as they are."""
    from botocore.exceptions import ClientError

    try:
        with translated_errors(SearchUnavailable):
            yield
    except ClientError as error:
        match error_code(error):
            case "NoSuchKey":
                raise FileNotFoundError("There is no such object.") from error
            case "304":
                raise _Unchanged from error
            case code if code in _LOST_RACES:
                raise StaleWrite("Another writer changed this creator's passages first.") from error
        raise
