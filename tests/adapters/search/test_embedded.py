"""What the embedded store promises beyond what every passage store does."""

import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coaching.adapters.search import manifest
from coaching.adapters.search.embedded import EmbeddedPassages
from coaching.errors import CoachingError, SearchUnavailable
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
    (folder,) = tmp_path.iterdir()
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1
    store.remove(HEARTH, HABITS)
    assert not any(b"habits hold" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_clears_away_what_a_killed_writer_left(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    put(store, passages("Small habits hold."))
    (folder,) = tmp_path.iterdir()
    (folder / "half-written").mkdir()
    (folder / "half-written" / "vectors.npy").write_bytes(b"half")
    (folder / "manifest.json.new").write_text("{")
    put(store, passages("New habits hold.", version=2))
    assert not (folder / "half-written").exists()
    assert texts(look(store)) == {"New habits hold."}


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
    (own / "manifest.json").replace(foreign / "manifest.json")
    with pytest.raises(CoachingError) as breach:
        look(EmbeddedPassages(tmp_path), stranger)
    assert breach.value.code == "tenant_breach"


def test_finds_everything_with_room_for_few_creators(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path, passages_in_memory=3)
    creators = [CreatorId(f"creator-{number}") for number in range(5)]
    for creator_id in creators:
        put(store, passages("A habit.", f"Of {creator_id}.", creator_id=creator_id))
    for _ in range(2):
        for creator_id in creators:
            assert texts(look(store, creator_id)) == {"A habit.", f"Of {creator_id}."}


def test_gives_up_when_another_writer_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "LOCK_DEADLINE_SECONDS", 0.05)
    store = EmbeddedPassages(tmp_path)
    put(store, passages("A habit."))
    (folder,) = tmp_path.iterdir()
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SearchUnavailable):
            stage(store, passages("A habit.", version=2))
        assert texts(look(store)) == {"A habit."}
    put(store, passages("New habit.", version=2))


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


def test_the_dense_leg_is_exact(tmp_path: Path) -> None:
    draw = np.random.default_rng(7)
    vectors = draw.normal(size=(600, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store = EmbeddedPassages(tmp_path)
    for part in range(3):
        name = DocumentId(f"document-{part}")
        rows = range(part * 200, part * 200 + 200)
        put(store, [passage(f"row {row}", document_id=name, number=row, vector=vectors[row]) for row in rows])
    found = look(store, vector=vectors[123], limit=20).dense
    expected = np.argsort(-(vectors @ vectors[123]))[:20]
    assert [hit.passage.text for hit in found] == [f"row {row}" for row in expected]


def test_says_that_a_damaged_folder_must_be_made_anew(tmp_path: Path) -> None:
    store = EmbeddedPassages(tmp_path)
    put(store, passages("A habit."))
    [damaged] = tmp_path.glob("*/manifest.json")
    damaged.write_text("damaged")
    with pytest.raises(SearchUnavailable, match="ingest again"):
        store.count(HEARTH, HABITS)
