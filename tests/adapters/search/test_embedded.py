"""What the embedded store promises beyond what every passage store does."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.search import ledger
from coaching.adapters.search.disk import DiskStorage
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.adapters.search.files import ABANDONED_AFTER_SECONDS
from coaching.adapters.search.merging import TOGETHER
from coaching.errors import CoachingError, SearchUnavailable, StaleWrite
from coaching.knowledge.filters import Equals, Filter
from coaching.knowledge.ports import EmbeddedPassage, Vector, Vectors
from coaching.vocabulary import CreatorId, DocumentId
from tests.adapters.search.samples import HABITS, HEARTH, look, passage, passages, put, stage, texts

ROOT = Path(__file__).parents[3]
IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.vocabulary import DocumentId
from tests.adapters.search.samples import passages, put

store = EmbeddedPassages(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
    put(store, passages("A habit.", "Two habits.", document_id=DocumentId(f"document-{number}")))
"""


def start(folder: Path, first: int) -> "subprocess.Popen[bytes]":
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT}/layers/coaching/python"}
    return subprocess.Popen([sys.executable, "-c", IN_ANOTHER_PROCESS, str(folder), str(first)], env=environment)


def test_loses_nothing_when_two_processes_write_for_one_creator(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    assert texts(look(store)) == set()
    for process in [start(tmp_path, 0), start(tmp_path, 10)]:
        assert process.wait(timeout=60) == 0
    assert [store.count(HEARTH, DocumentId(f"document-{number}")) for number in range(20)] == [2] * 20
    assert len(look(store).dense) == 40


def test_notices_what_another_store_over_the_same_folder_published(tmp_path: Path) -> None:
    reader, writer = EmbeddedPassages(tmp_path), EmbeddedPassages(tmp_path)
    for version in range(1, 20):
        put(writer, passages(f"Habit {version}.", version=version))
        assert texts(look(reader)) == {f"Habit {version}."}
    writer.remove(HEARTH, HABITS)
    assert texts(look(reader)) == set()


def test_readers_see_the_old_version_or_the_new_one_and_never_a_mixture(tmp_path: Path) -> None:
    store, other = EmbeddedPassages(tmp_path), EmbeddedPassages(tmp_path)
    put(store, passages(*[f"habit {number}" for number in range(6)]))

    def read(reader: EmbeddedPassages) -> list[set[int]]:
        return [{hit.passage.version for hit in look(reader).dense} for _ in range(150)]

    with ThreadPoolExecutor(4) as pool:
        seen = [pool.submit(read, reader) for reader in (store, other, store, other)]
        for version in range(2, 25):
            put(store, passages(*[f"habit {number}" for number in range(6)], version=version))
        assert all(len(versions) == 1 for reader in seen for versions in reader.result(timeout=60))


def test_leaves_no_file_of_what_is_gone(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    for version in range(1, 4):
        put(store, passages("Small habits hold.", version=version))
    assert len(segments_in(tmp_path)) == 1
    store.remove(HEARTH, HABITS)
    assert segments_in(tmp_path) == []


def test_clears_away_what_a_killed_writer_left_once_nobody_can_be_writing_it(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    put(store, passages("Small habits hold."))
    (folder,) = tmp_path.iterdir()
    old, fresh = folder / "01OLD.segment", folder / "01FRESH.segment"
    for left in (old, fresh, folder / "manifest.json.new"):
        left.write_bytes(b"half")
    long_ago = time.time() - ABANDONED_AFTER_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    put(store, passages("New habits hold.", version=2))
    assert (old.exists(), fresh.exists()) == (False, True)
    assert texts(look(store)) == {"New habits hold."}


def segments_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.segment"))


def test_names_folders_so_that_no_id_can_leave_its_place(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path / "passages")
    for name in ("../x", "/etc", "..", ".", "A", "a", "\x00", "ü" * 300, "\ud800"):
        put(store, passages("A habit.", creator_id=CreatorId(name), document_id=DocumentId("../../y")))
    folders = list((tmp_path / "passages").iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["passages"]
    assert len({folder.name.casefold() for folder in folders}) == 9
    assert all(folder.name.isalnum() for folder in folders)


def test_refuses_a_folder_that_holds_another_creators_passages(tmp_path: Path) -> None:
    stranger = CreatorId("stranger")
    put(EmbeddedPassages(tmp_path), passages("My own habits."))
    (own,) = tmp_path.iterdir()
    put(EmbeddedPassages(tmp_path), passages("A stranger's habits.", creator_id=stranger))
    (foreign,) = (path for path in tmp_path.iterdir() if path != own)
    (manifest,) = own.glob("manifest-*.json")
    for other in foreign.glob("manifest-*.json"):
        manifest.replace(other)
    with pytest.raises(CoachingError) as breach:
        look(EmbeddedPassages(tmp_path), stranger)
    assert breach.value.code == "tenant_breach"


def test_finds_everything_with_room_for_few_creators(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path, creators_open=2)
    creators = [CreatorId(f"creator-{number}") for number in range(5)]
    for creator_id in creators:
        put(store, passages("A habit.", f"Of {creator_id}.", creator_id=creator_id))
    for _ in range(2):
        for creator_id in creators:
            assert texts(look(store, creator_id)) == {"A habit.", f"Of {creator_id}."}


def test_gives_up_when_other_writers_are_always_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "CHANGE_SECONDS", 0.05)
    store = EmbeddedPassages(tmp_path)
    put(store, passages("A habit."))

    def refused(*_: object) -> str:
        raise StaleWrite("Another writer was faster.")

    with monkeypatch.context() as patched:
        patched.setattr(DiskStorage, "replace", refused)
        with pytest.raises(SearchUnavailable):
            stage(store, passages("A habit.", version=2))
        assert texts(look(store)) == {"A habit."}
    put(store, passages("New habit.", version=2))


def test_a_writer_who_knows_a_state_of_long_ago_changes_nothing(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    first = storage.replace("creator", b"1", "")
    storage.replace("creator", b"3", storage.replace("creator", b"2", first))
    for tag in ("", first):
        with pytest.raises(StaleWrite):
            storage.replace("creator", b"other", tag)
    stored = storage.read_changed("creator", "")
    assert stored is not None
    assert stored.data == b"3"
    assert [path.name for path in (tmp_path / "creator").iterdir()] == ["manifest-000000000003.json"]


def test_readers_and_writers_go_on_where_a_writer_was_killed_between_two_states(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    first = storage.replace("creator", b"1", "")
    (tmp_path / "creator" / "manifest-000000000002.json").write_bytes(b"2")
    changed = storage.read_changed("creator", first)
    assert changed is not None
    assert changed.data == b"2"
    storage.replace("creator", b"3", changed.tag)
    assert [path.name for path in (tmp_path / "creator").iterdir()] == ["manifest-000000000003.json"]


def test_says_that_search_is_unavailable_when_the_folder_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SearchUnavailable):
        put(EmbeddedPassages(tmp_path / "file"), passages("A habit."))


def test_asks_to_ingest_again_where_published_documents_differ_in_model(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    put(store, passages("A habit."))
    put(store, passages("Sleep habits.", document_id=DocumentId("sleep")), model="other/8")
    with pytest.raises(SearchUnavailable, match="other/8"):
        look(store)
    put(store, passages("A habit.", version=2), model="other/8")
    assert texts(look(store, model="other/8")) == {"A habit.", "Sleep habits."}


@pytest.mark.parametrize("filters", [(), (Equals("odd", True),)])
def test_the_dense_leg_is_exact(tmp_path: Path, filters: tuple[Filter, ...]) -> None:
    vectors = unit_vectors(3_000)
    store = EmbeddedPassages(tmp_path)
    for part in range(15):
        name = DocumentId(f"document-{part}")
        rows = range(part * 200, part * 200 + 200)
        put(store, [row_of(row, vectors[row], name) for row in rows])
    for query in unit_vectors(20, seed=8):
        cosines = vectors @ query
        cosines[::2] -= 2 * len(filters)
        found = look(store, vector=query, limit=20, filters=filters).dense
        seen = [int(hit.passage.text.removeprefix("row ")) for hit in found]
        assert len(set(seen)) == 20
        # As exact as what is stored: rows whose cosines differ by less may change places.
        best = pytest.approx(sorted(cosines.tolist(), reverse=True)[:20], abs=5e-4)
        assert cosines[seen].tolist() == best
        assert [hit.score for hit in found] == best


def unit_vectors(count: int, seed: int = 7) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def row_of(row: int, vector: Vector, document_id: DocumentId) -> EmbeddedPassage:
    return passage(f"row {row}", document_id=document_id, number=row, vector=vector, metadata={"odd": row % 2 == 1})


def test_many_small_documents_become_few_files_and_are_found_as_before(tmp_path: Path) -> None:
    store, reader = EmbeddedPassages(tmp_path), EmbeddedPassages(tmp_path)
    names = [DocumentId(f"document-{number}") for number in range(4 * TOGETHER + 5)]
    for name in names:
        put(store, passages(f"About {name}.", "More of it.", document_id=name))
        assert f"About {name}." in texts(look(reader, text=name, limit=200))
    assert len(segments_in(tmp_path)) == 4 + 5
    for name in names:
        found = store.published(HEARTH, name)
        assert [item.passage.text for item in found.passages] == [f"About {name}.", "More of it."]
        assert [item.passage.document_id for item in found.passages] == [name, name]


def test_a_removed_document_leaves_the_file_that_it_shared(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    names = [DocumentId(f"document-{number}") for number in range(TOGETHER)]
    for name in names:
        put(store, passages(f"About {name}.", document_id=name))
    (shared,) = segments_in(tmp_path)
    store.remove(HEARTH, names[3])
    (rewritten,) = segments_in(tmp_path)
    assert rewritten != shared
    assert b"document-3" not in rewritten.read_bytes()
    assert texts(look(store, text="about")) == {f"About {name}." for name in names if name != names[3]}


def test_a_new_version_leaves_the_file_that_the_old_one_shared(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    for number in range(TOGETHER):
        put(store, passages(f"About {number}.", document_id=DocumentId(f"document-{number}")))
    put(store, passages("New words.", document_id=DocumentId("document-3"), version=2))
    assert "About 3." not in texts(look(store, text="about"))
    assert "New words." in texts(look(store, text="words"))
    assert store.count(HEARTH, DocumentId("document-3")) == 1


def test_terms_of_another_language_are_made_anew(tmp_path: Path) -> None:
    put(EmbeddedPassages(tmp_path, language="any"), passages("Small habits hold."))
    assert look(EmbeddedPassages(tmp_path, language="any"), text="habit").lexical == ()
    assert len(look(EmbeddedPassages(tmp_path), text="habit").lexical) == 1


def test_says_that_a_damaged_folder_must_be_made_anew(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    put(store, passages("A habit."))
    [damaged] = tmp_path.glob("*/manifest-*.json")
    damaged.write_text("damaged")
    with pytest.raises(SearchUnavailable, match="ingest again"):
        EmbeddedPassages(tmp_path).count(HEARTH, HABITS)


def test_says_that_a_damaged_segment_must_be_made_anew(tmp_path: Path) -> None:
    for damage in (b"", b"PASSAGES", b"something else altogether", None):
        store = EmbeddedPassages(tmp_path)
        put(store, passages("A habit."))
        [damaged] = segments_in(tmp_path)
        damaged.write_bytes(damaged.read_bytes()[:-64] if damage is None else damage)
        with pytest.raises(SearchUnavailable, match="ingest"):
            look(EmbeddedPassages(tmp_path))
        store.remove(HEARTH, HABITS)
