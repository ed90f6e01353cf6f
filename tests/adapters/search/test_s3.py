"""What the store on S3 promises beyond what every passage store does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coaching.adapters.search.file_cache import FileCache
from coaching.adapters.search.merging import TOGETHER
from coaching.adapters.search.s3 import S3Passages, S3Storage
from coaching.errors import CoachingError, SearchUnavailable, StaleWrite
from coaching.vocabulary import CreatorId, DocumentId, now
from tests.adapters.search.samples import HABITS, HEARTH, look, passages, put, stage, texts

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Stores = Callable[[str], S3Passages]
BEFORE = "before-call.s3"


@pytest.fixture
def store_of(s3: "S3Client", bucket: str, tmp_path: Path) -> Stores:
    """Return what makes a store over one bucket as another function has it: with copies of its own."""
    return lambda name: S3Passages(lambda: s3, bucket, tmp_path / name)


@pytest.fixture
def requests(s3: "S3Client") -> Iterator[list[str]]:
    """The operations that were called meanwhile."""
    called: list[str] = []

    def note(model: Any, **_: object) -> None:
        called.append(model.name)

    s3.meta.events.register(BEFORE, note, unique_id="noted")
    yield called
    s3.meta.events.unregister(BEFORE, note, unique_id="noted")


def keys(s3: "S3Client", bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]


def segments(s3: "S3Client", bucket: str) -> list[str]:
    return [key for key in keys(s3, bucket) if key.endswith(".segment")]


def test_a_function_finds_at_once_what_another_published(store_of: Stores) -> None:
    writer, reader = store_of("writer"), store_of("reader")
    for version in range(1, 6):
        put(writer, passages(f"Habit {version}.", version=version))
        assert texts(look(reader)) == {f"Habit {version}."}
    writer.remove(HEARTH, HABITS)
    assert texts(look(reader)) == set()


def test_asks_for_nothing_but_the_manifest_while_it_stays_as_it_is(store_of: Stores, requests: list[str]) -> None:
    put(store_of("writer"), passages("A habit."))
    reader = store_of("reader")
    requests.clear()
    look(reader)
    assert requests == ["GetObject", "GetObject"]
    look(reader)
    look(reader)
    assert requests[2:] == ["GetObject", "GetObject"]


def test_a_copy_serves_another_store_over_the_same_folder(store_of: Stores, requests: list[str]) -> None:
    put(store_of("writer"), passages("A habit."))
    look(store_of("reader"))
    requests.clear()
    assert texts(look(store_of("reader"))) == {"A habit."}
    assert requests == ["GetObject"]


def test_one_of_two_writers_at_once_repeats_its_change(store_of: Stores, s3: "S3Client", bucket: str) -> None:
    names = [DocumentId(f"document-{number}") for number in range(TOGETHER + 4)]

    def write(number: int) -> None:
        put(store_of(f"writer-{number % 4}"), passages("A habit.", "Two.", document_id=names[number]))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write, number) for number in range(len(names))]:
            done.result(timeout=60)
    reader = store_of("reader")
    assert [reader.count(HEARTH, name) for name in names] == [2] * len(names)
    assert len(look(reader).dense) == 2 * len(names)
    assert len(segments(s3, bucket)) < TOGETHER


def test_readers_see_the_old_version_or_the_new_one_and_never_a_mixture(store_of: Stores) -> None:
    writer = store_of("writer")
    put(writer, passages(*[f"habit {number}" for number in range(6)]))

    def read(name: str) -> list[set[int]]:
        reader = store_of(name)
        return [{hit.passage.version for hit in look(reader).dense} for _ in range(40)]

    with ThreadPoolExecutor(3) as pool:
        seen = [pool.submit(read, name) for name in ("a", "b", "b")]
        for version in range(2, 12):
            put(writer, passages(*[f"habit {number}" for number in range(6)], version=version))
        assert all(len(versions) == 1 for reader in seen for versions in reader.result(timeout=60))


def test_leaves_no_object_of_what_is_gone(store_of: Stores, s3: "S3Client", bucket: str) -> None:
    store = store_of("writer")
    for version in range(1, 4):
        put(store, passages("Small habits hold.", version=version))
    assert len(segments(s3, bucket)) == 1
    store.remove(HEARTH, HABITS)
    assert segments(s3, bucket) == []


def test_a_deletion_that_failed_is_made_up_for_by_the_next_try(
    store_of: Stores, s3: "S3Client", bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of("writer")
    put(store, passages("Small habits hold."))

    def refused(*_: object, **__: object) -> None:
        raise SearchUnavailable("S3 is away.")

    with monkeypatch.context() as patched:
        patched.setattr(S3Storage, "_delete", refused)
        with pytest.raises(SearchUnavailable):
            store.remove(HEARTH, HABITS)
    assert len(segments(s3, bucket)) == 1
    store_of("another").remove(HEARTH, HABITS)
    assert segments(s3, bucket) == []


def test_clears_away_what_a_killed_writer_left_once_nobody_can_be_writing_it(
    s3: "S3Client", bucket: str, tmp_path: Path
) -> None:
    def storage(hours_later: float) -> S3Storage:
        later = lambda: now() + timedelta(hours=hours_later)  # noqa: E731
        return S3Storage(lambda: s3, bucket, FileCache(tmp_path, 1_000), later)

    storage(0).add("creator", "left.segment", b"half")
    storage(0).add("creator", "named.segment", b"whole")
    storage(0).replace("creator", b"{}", "")
    storage(0.5).clear("creator", (), ["named.segment"])
    assert len(keys(s3, bucket)) == 3
    storage(1.5).clear("creator", (), ["named.segment"])
    assert keys(s3, bucket) == ["passages/creator/manifest.json", "passages/creator/named.segment"]


def test_a_manifest_is_replaced_by_who_saw_it_last_alone(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    storage = S3Storage(lambda: s3, bucket, FileCache(tmp_path, 1_000))
    first = storage.replace("creator", b"1", "")
    with pytest.raises(StaleWrite):
        storage.replace("creator", b"2", "")
    second = storage.replace("creator", b"2", first)
    with pytest.raises(StaleWrite):
        storage.replace("creator", b"3", first)
    assert storage.read_changed("creator", second) is None
    changed = storage.read_changed("creator", first)
    assert changed is not None
    assert (changed.data, changed.tag) == (b"2", second)


def test_refuses_a_folder_that_holds_another_creators_passages(store_of: Stores, s3: "S3Client", bucket: str) -> None:
    put(store_of("a"), passages("My own habits."))
    (own,) = [key for key in keys(s3, bucket) if key.endswith(".json")]
    stranger = CreatorId("stranger")
    put(store_of("a"), passages("A stranger's habits.", creator_id=stranger))
    (foreign,) = [key for key in keys(s3, bucket) if key.endswith(".json") and key != own]
    s3.copy_object(Bucket=bucket, Key=foreign, CopySource={"Bucket": bucket, "Key": own})
    with pytest.raises(CoachingError) as breach:
        look(store_of("b"), stranger)
    assert breach.value.code == "tenant_breach"


def test_finds_everything_where_copies_have_little_room(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    store = S3Passages(lambda: s3, bucket, tmp_path, cache_bytes=10_000)
    for number in range(6):
        put(store, passages(f"A habit of {number}.", document_id=DocumentId(f"document-{number}")))
    reader = S3Passages(lambda: s3, bucket, tmp_path / "reader", cache_bytes=1)
    for _ in range(2):
        assert len(texts(look(reader))) == 6


def test_says_that_search_is_unavailable_when_nothing_answers(tmp_path: Path) -> None:
    from coaching.adapters.aws.clients import s3_client

    store = S3Passages(lambda: s3_client("http://127.0.0.1:9"), "segments", tmp_path)
    with pytest.raises(SearchUnavailable):
        store.count(HEARTH, HABITS)


def test_says_that_search_is_unavailable_when_no_copy_can_be_kept(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = S3Passages(lambda: s3, bucket, tmp_path / "file")
    stage(store, passages("A habit."))
    store.publish(HEARTH, HABITS, 1)
    with pytest.raises(SearchUnavailable, match="copies"):
        look(store)
