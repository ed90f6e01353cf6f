"""Which files become one."""

from dataclasses import replace

import pytest

from coaching.adapters.search.manifest import Entry, Manifest
from coaching.adapters.search.merging import LARGE, TOGETHER, next_merge
from coaching.errors import NotFound, StaleWrite
from coaching.vocabulary import CreatorId, DocumentId

EMPTY = Manifest(CreatorId("hearth"))


def staged(manifest: Manifest, number: int, rows: int = 10, model: str = "hash/8") -> Manifest:
    name = f"document-{number}"
    return manifest.stage(Entry(DocumentId(name), 1, f"digest-{name}", f"{name}.segment", rows, model, 8))


def published(
    count: int, rows: int = 10, manifest: Manifest = EMPTY, start: int = 0, model: str = "hash/8"
) -> Manifest:
    for number in range(start, start + count):
        manifest = staged(manifest, number, rows, model).publish(DocumentId(f"document-{number}"), 1)
    return manifest


def test_files_of_about_one_size_become_one_when_there_are_enough() -> None:
    assert next_merge(published(TOGETHER - 1)) == ()
    assert len(next_merge(published(TOGETHER))) == TOGETHER
    assert len(next_merge(published(TOGETHER // 2, 200, published(TOGETHER // 2, 20), start=TOGETHER // 2))) == TOGETHER


def test_files_of_different_sizes_stay_apart() -> None:
    few = TOGETHER - 1
    assert next_merge(published(few, 1_000, published(few), start=few)) == ()


def test_large_files_are_merged_no_further() -> None:
    assert next_merge(published(2 * TOGETHER, LARGE)) == ()


def test_what_is_only_staged_keeps_its_file() -> None:
    assert next_merge(staged(published(TOGETHER - 1), TOGETHER)) == ()


def test_vectors_of_different_models_stay_apart() -> None:
    few = TOGETHER - 1
    assert next_merge(published(few, manifest=published(few), start=few, model="other/8")) == ()


def test_a_file_that_lost_a_document_is_written_anew_first() -> None:
    separate = published(TOGETHER)
    merged = separate.move(next_merge(separate), "merged.segment")
    assert next_merge(merged) == ()
    assert next_merge(merged.remove(DocumentId("document-3"))) == ("merged.segment",)
    assert merged.remove(DocumentId("document-3")).files == {"merged.segment": 10 * TOGETHER}


def test_a_file_that_lost_everything_is_in_use_no_more() -> None:
    assert published(1).remove(DocumentId("document-0")).files == {}


def test_the_same_content_staged_again_takes_the_place_of_what_was_staged_since() -> None:
    first = published(1)
    (entry,) = first.entries
    other = first.stage(replace(entry, digest="other", file="other.segment", published=False))
    again = other.stage(replace(entry, file="again.segment", published=False))
    assert again.publish(entry.document_id, 1).entries == (entry,)


def test_an_older_version_and_one_that_is_not_there_are_not_published() -> None:
    (entry,) = published(1).entries
    newer = published(1).stage(replace(entry, version=2, digest="2", file="2.segment", published=False))
    newer = newer.publish(entry.document_id, 2)
    with pytest.raises(StaleWrite):
        newer.publish(entry.document_id, 1)
    with pytest.raises(NotFound):
        newer.publish(entry.document_id, 3)
