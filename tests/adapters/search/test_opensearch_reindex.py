"""The move to a new index on a real server: what readers, writers and those who remove see meanwhile and afterwards."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from coaching import wiring
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client
from coaching.adapters.search.opensearch_index import Kind, Space, definition, every, index_name, space_alias
from coaching.adapters.search.opensearch_reindex import OpenSearchReindex
from coaching.errors import EmbedderUnavailable, SearchUnavailable
from coaching.knowledge.embedding_text import embedding_text
from coaching.knowledge.ports import Candidates, EmbeddedPassage, Embedder, Query, Vectors
from coaching.settings import settings
from coaching.vocabulary import CreatorId, DocumentId, new_ulid
from infra.reindex import main
from tests.adapters.search.samples import HABITS, HEARTH, passages, put, stage, texts

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]

OLD, NEW = HashEmbedder(8), HashEmbedder(16)
STRANGER = CreatorId("stranger")


class TiredEmbedder(HashEmbedder):
    """Fails from its n-th call on."""

    def __init__(self, calls: int) -> None:
        super().__init__(16)
        self.calls_left = calls

    def embed(self, texts: object, purpose: object) -> Vectors:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise EmbedderUnavailable("Tired.")
        return super().embed(texts, purpose)  # type: ignore[arg-type]


@pytest.fixture
def alias(opensearch: Client) -> Iterator[str]:
    name = f"move-{new_ulid().lower()}"
    yield name
    opensearch.indices.delete(index=f"{name}-*")


@pytest.fixture
def store(opensearch_url: str, alias: str) -> OpenSearchPassages:
    return OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)


@pytest.fixture
def move(opensearch_url: str, alias: str) -> Callable[[Embedder], OpenSearchReindex]:
    return lambda embedder: OpenSearchReindex(opensearch_url, embedder, alias=alias, linger_seconds=0.5)


@pytest.fixture
def old_schema(opensearch: Client, alias: str) -> str:
    """An index as an older schema left it; its name."""
    space = Space(OLD.model, OLD.dimension)
    name = index_name(alias, space, 1)
    aliases = {alias: {"is_write_index": True}, space_alias(alias, space): {}, every(alias): {}}
    opensearch.indices.create(index=name, body={**definition(Kind(space, schema_version=0)), "aliases": aliases})
    return name


def embedded(embedder: Embedder, *texts: str, **named: object) -> list[EmbeddedPassage]:
    made = passages(*texts, **named)  # type: ignore[arg-type]
    vectors = embedder.embed([embedding_text(item.passage) for item in made], "passage")
    return [EmbeddedPassage(item.passage, vector) for item, vector in zip(made, vectors, strict=True)]


def ask(store: OpenSearchPassages, embedder: Embedder, text: str = "habit", who: CreatorId = HEARTH) -> Candidates:
    return store.candidates(who, Query(text, embedder.embed([text], "query")[0], embedder.model, 50))


def indices(opensearch: Client, alias: str) -> set[str]:
    return set(opensearch.indices.get(index=every(alias)))


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Repeat the work beside the block, at least once; its failure is the test's."""
    over = threading.Event()

    def repeat() -> None:
        while True:
            work()
            if over.is_set():
                return

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(repeat)
        try:
            yield
        finally:
            over.set()
        running.result(timeout=60)


def test_embeds_everything_in_the_new_models_space(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex]
) -> None:
    put(store, embedded(OLD, "A small habit.", "A large habit."), OLD.model)
    put(store, embedded(OLD, "A stranger's habit.", creator_id=STRANGER), OLD.model)
    stage(store, embedded(OLD, "The next habit.", version=2), OLD.model)
    done = move(NEW)()
    assert (done.done, done.copied) == (True, 4)
    assert texts(ask(store, NEW)) == {"A small habit.", "A large habit."}
    assert texts(ask(store, NEW, who=STRANGER)) == {"A stranger's habit."}
    found = store.published(HEARTH, HABITS)
    assert found.embedding_model == NEW.model
    assert [item.vector.tolist() for item in found.passages] == [
        item.vector.tolist() for item in embedded(NEW, "A small habit.", "A large habit.")
    ]
    store.publish(HEARTH, HABITS, 2)
    assert texts(ask(store, NEW)) == {"The next habit."}


def test_answers_in_the_old_space_until_the_old_index_is_dropped(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex], opensearch: Client, alias: str
) -> None:
    put(store, embedded(OLD, "A habit."), OLD.model)
    gone = DocumentId("gone")
    put(store, embedded(OLD, "A habit to forget.", document_id=gone), OLD.model)
    move(NEW)()
    assert texts(ask(store, OLD)) == texts(ask(store, NEW)) == {"A habit.", "A habit to forget."}
    store.remove(HEARTH, gone)
    assert texts(ask(store, OLD)) == texts(ask(store, NEW)) == {"A habit."}
    put(store, embedded(NEW, "A new habit.", version=2), NEW.model)
    assert texts(ask(store, NEW)) == {"A new habit."}
    assert texts(ask(store, OLD)) == set()
    move(NEW).drop_old()
    assert indices(opensearch, alias) == {index_name(alias, Space(NEW.model, 16), 1)}
    with pytest.raises(SearchUnavailable, match="re-ingest") as refusal:
        ask(store, OLD)
    assert refusal.value.code == "other_space"


def test_takes_vectors_of_the_old_space_no_longer_after_the_swap(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex]
) -> None:
    put(store, embedded(OLD, "A habit."), OLD.model)
    move(NEW)()
    with pytest.raises(SearchUnavailable, match="reindex"):
        stage(store, embedded(OLD, "Another.", version=2), OLD.model)
    stage(store, embedded(NEW, "Another.", version=2), NEW.model)


def test_moves_to_a_new_schema_while_it_is_read_and_written(
    store: OpenSearchPassages,
    move: Callable[[Embedder], OpenSearchReindex],
    opensearch: Client,
    alias: str,
    old_schema: str,
) -> None:
    for number in range(20):
        put(store, embedded(OLD, f"Habit {number}.", "More.", document_id=DocumentId(f"d-{number}")), OLD.model)
    removed, added, seen = DocumentId("d-3"), DocumentId("added"), []
    untouched = {f"d-{number}" for number in range(20)} - {removed}

    def read() -> None:
        found = ask(store, OLD, "habit more")
        for leg in (found.dense, found.lexical):
            kept = [hit for hit in leg if hit.passage.document_id in untouched]
            assert len(kept) == 2 * len(untouched)
        seen.append(len(found.dense))

    versions = iter(range(1, 1_000))

    def write() -> None:
        version = next(versions)
        put(store, embedded(OLD, f"Habit of version {version}.", document_id=added, version=version), OLD.model)

    with meanwhile(read), meanwhile(write):
        started = ThreadPoolExecutor(1).submit(move(OLD))
        store.remove(HEARTH, removed)
        assert started.result(timeout=120).done
    assert seen
    last = next(versions) - 1
    assert indices(opensearch, alias) == {index_name(alias, Space(OLD.model, 8), 2)}
    assert store.count(HEARTH, removed) == 0
    assert store.published(HEARTH, added).version == last
    assert store.count(HEARTH, DocumentId("d-4")) == 2


def test_reads_words_in_the_new_language_after_the_move(
    opensearch_url: str, store: OpenSearchPassages, alias: str
) -> None:
    put(store, embedded(OLD, "Die kleinen Gewohnheiten."), OLD.model)
    assert ask(store, OLD, "Gewohnheit").lexical == ()
    OpenSearchReindex(opensearch_url, OLD, alias=alias, language="german", linger_seconds=0)()
    assert len(ask(store, OLD, "Gewohnheit").lexical) == 1
    put(store, embedded(OLD, "Die guten Gewohnheiten.", version=2), OLD.model)
    assert len(ask(store, OLD, "Gewohnheit").lexical) == 1


def test_loses_nothing_of_many_writers(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex], old_schema: str
) -> None:
    names = [DocumentId(f"w-{number}") for number in range(6)]

    def live(document_id: DocumentId) -> int:
        for version in range(1, 6):
            items = embedded(OLD, *(f"Habit {version} {part}." for part in range(version)), document_id=document_id)
            put(store, [_as(item, version) for item in items], OLD.model)
            if version == 3:
                store.remove(HEARTH, document_id)
        return 5

    with ThreadPoolExecutor(7) as pool:
        lives = [pool.submit(live, name) for name in names]
        moved = pool.submit(move(OLD))
        assert [each.result(timeout=120) for each in lives] == [5] * 6
        assert moved.result(timeout=120).done
    assert [store.published(HEARTH, name).version for name in names] == [5] * 6
    assert [store.count(HEARTH, name) for name in names] == [5] * 6


def test_is_taken_up_where_it_was_cut_off(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex], opensearch: Client, alias: str
) -> None:
    for number in range(4):
        texts_of_one = [f"Habit {number} {part}." for part in range(70)]
        put(store, embedded(OLD, *texts_of_one, document_id=DocumentId(f"d-{number}")), OLD.model)
    first = move(NEW)(seconds=0)
    assert not first.done
    assert 0 < first.copied < 280
    with pytest.raises(EmbedderUnavailable):
        move(TiredEmbedder(3))()
    assert len(ask(store, OLD).dense) == 50
    last = move(NEW)()
    assert last.done
    assert 0 < last.copied <= 280 - first.copied
    assert [store.count(HEARTH, DocumentId(f"d-{number}")) for number in range(4)] == [70] * 4
    assert move(NEW)() == type(last)(True, last.index)


def test_lets_writers_go_on_when_it_fails_while_they_wait(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex]
) -> None:
    put(store, embedded(OLD, "A habit."), OLD.model)
    with pytest.raises(EmbedderUnavailable):
        move(TiredEmbedder(0))()
    put(store, embedded(OLD, "Another habit.", version=2), OLD.model)
    assert texts(ask(store, OLD)) == {"Another habit."}


def test_lets_writers_go_on_when_too_much_is_left_to_copy_while_they_wait(
    opensearch_url: str, store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex], alias: str
) -> None:
    put(store, embedded(OLD, "A habit."), OLD.model)
    hurried = OpenSearchReindex(opensearch_url, NEW, alias=alias, blocked_seconds=0)
    assert not hurried().done
    put(store, embedded(OLD, "Another habit.", version=2), OLD.model)
    assert texts(ask(store, OLD)) == {"Another habit."}
    assert move(NEW)().done
    assert texts(ask(store, NEW)) == {"Another habit."}


def test_writers_wait_for_a_move_that_was_killed_until_it_is_started_again(
    opensearch_url: str,
    store: OpenSearchPassages,
    move: Callable[[Embedder], OpenSearchReindex],
    opensearch: Client,
    alias: str,
    old_schema: str,
) -> None:
    put(store, embedded(OLD, "A habit."), OLD.model)
    opensearch.transport.perform_request("PUT", f"/{old_schema}/_block/write")
    hasty = OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30, retries=1)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: stage(hasty, embedded(OLD, "Another.", version=2), OLD.model),
        lambda: hasty.publish(HEARTH, HABITS, 1),
        lambda: hasty.remove(HEARTH, HABITS),
    )
    for work in attempts:
        with pytest.raises(SearchUnavailable, match="start it again"):
            work()
    assert texts(ask(store, OLD)) == {"A habit."}
    assert move(OLD)().done
    put(store, embedded(OLD, "Another.", version=2), OLD.model)
    assert texts(ask(store, OLD)) == {"Another."}


def test_of_two_moves_at_once_one_ends_it(
    store: OpenSearchPassages, move: Callable[[Embedder], OpenSearchReindex], opensearch: Client, alias: str
) -> None:
    for number in range(10):
        put(store, embedded(OLD, "A habit.", document_id=DocumentId(f"d-{number}")), OLD.model)

    def moved() -> bool:
        try:
            return move(NEW)().done
        except SearchUnavailable:
            return False

    with ThreadPoolExecutor(2) as pool:
        ends = [each.result(timeout=60) for each in [pool.submit(moved) for _ in range(2)]]
    assert any(ends)
    assert len(ask(store, NEW).dense) == len(ask(store, OLD).dense) == 10
    assert len(opensearch.indices.get(index=alias)) == 1


def test_says_that_there_is_nothing_to_move(move: Callable[[Embedder], OpenSearchReindex]) -> None:
    with pytest.raises(SearchUnavailable, match="no index yet"):
        move(NEW)()


def _as(item: EmbeddedPassage, version: int) -> EmbeddedPassage:
    return replace(item, passage=replace(item.passage, version=version))


def test_an_operator_moves_a_stage_by_one_command(
    opensearch_url: str, opensearch: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OPENSEARCH_ENDPOINT", "AWS_REGION", "EMBEDDER", "SEARCH_LANGUAGE", "MINILM_FOLDER"):
        monkeypatch.setenv(name, "")
    store = OpenSearchPassages(opensearch_url, timeout_seconds=30)
    put(store, embedded(OLD, "A small habit."), OLD.model)
    made = HashEmbedder()
    with fresh_wiring():
        assert main([opensearch_url, "--embedder", "hash"]) == 0
        assert main([opensearch_url, "--embedder", "hash", "--drop-old"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"All passages are in passages-hash-{made.dimension}-{made.dimension}-1; 1 were copied.",
        "The old indices are gone.",
    ]
    assert texts(ask(store, made)) == {"A small habit."}
    opensearch.indices.delete(index="passages-hash-*")


def test_an_operator_is_told_why_a_move_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("OPENSEARCH_ENDPOINT", "AWS_REGION", "EMBEDDER", "SEARCH_LANGUAGE", "MINILM_FOLDER"):
        monkeypatch.setenv(name, "")
    with fresh_wiring():
        assert main(["http://127.0.0.1:9", "--embedder", "hash"]) == 1
    assert "did not answer" in capsys.readouterr().out


@contextmanager
def fresh_wiring() -> Iterator[None]:
    made = (settings, wiring.embedder, wiring.reindex_passages)
    for each in made:
        each.cache_clear()
    yield
    for each in made:
        each.cache_clear()
