"""What readers of a real OpenSearch see while a large version takes another's place and others refresh the index."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client
from coaching.adapters.search.opensearch_exchange import Exchange
from coaching.adapters.search.opensearch_index import every
from coaching.adapters.search.opensearch_queries import matching, of_document, published
from coaching.errors import NotFound
from coaching.knowledge.ports import Candidates, EmbeddedPassage
from coaching.vocabulary import CreatorId, new_ulid
from tests.adapters.search.samples import HABITS, HEARTH, look, look_for_words, passage, passages, put, stage, towards

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]
MANY = 4_000
NEIGHBOUR = CreatorId("neighbour")


@pytest.fixture
def alias(opensearch: Client) -> Iterator[str]:
    name = f"publishing-{new_ulid().lower()}"
    yield name
    opensearch.indices.delete(index=f"{name}-*")


@pytest.fixture
def store(opensearch_url: str, alias: str) -> OpenSearchPassages:
    return OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)


def a_version(version: int, *, size: int = MANY) -> list[EmbeddedPassage]:
    """Return passages of which the first and the last have the word "needle", and one only this version's number."""
    words = {0: "needle", size // 2: f"only{version}", size - 1: "needle"}
    return [
        passage(f"{words.get(number, 'straw')} {number}", version=version, number=number, vector=towards(number))
        for number in range(size)
    ]


def versions_and_needles(found: Candidates) -> list[tuple[int, str]]:
    return sorted((hit.passage.version, hit.passage.text) for hit in found.lexical)


@contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[None]:
    """Repeat each work beside the block; a failure of one is the test's."""
    over = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not over.is_set():
            work()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(repeat, work) for work in works]
        try:
            yield
        finally:
            over.set()
        for each in running:
            each.result(timeout=60)


def half_shown(opensearch: Client, alias: str, version: int, *, passages: int, value: bool = True) -> None:
    """Leave a publication as a writer that was ended leaves it, and let everybody see it."""
    found = of_document(HEARTH, HABITS, {"term": {"version": version}}, published(not value))
    body = {**matching(found), "max_docs": passages}
    script = {"source": "ctx._source.published = params.value", "params": {"value": value}}
    opensearch.update_by_query(index=alias, body={**body, "script": script}, params={"refresh": "true"})


def test_readers_see_the_old_version_or_the_new_one_whole(
    opensearch: Client, store: OpenSearchPassages, alias: str
) -> None:
    put(store, a_version(1))
    stage(store, a_version(2))
    seen, read = [], []

    def search() -> None:
        seen.append(versions_and_needles(look_for_words(store, "needle")))

    def read_back() -> None:
        found = store.published(HEARTH, HABITS)
        read.append((found.version, len(found.passages)))

    def neighbour() -> None:
        put(store, passages("A habit.", creator_id=NEIGHBOUR))

    with meanwhile(search, read_back, neighbour, lambda: opensearch.indices.refresh(index=every(alias))):
        store.publish(HEARTH, HABITS, 2)
    search()
    needles = {version: [(version, "needle 0"), (version, f"needle {MANY - 1}")] for version in (1, 2)}
    assert all(each in needles.values() for each in seen)
    assert seen[-1] == needles[2]
    assert set(read) <= {(1, MANY), (2, MANY)}
    assert store.count(HEARTH, HABITS) == MANY


def test_gives_as_many_of_the_old_version_as_asked_for_while_the_new_one_is_shown_in_part(
    opensearch: Client, store: OpenSearchPassages, alias: str
) -> None:
    put(store, a_version(1, size=40))
    stage(store, a_version(2, size=40))
    half_shown(opensearch, alias, 2, passages=39)
    for limit in (5, 30):
        found = look(store, text="straw", limit=limit)
        assert [len(leg) for leg in (found.lexical, found.dense)] == [limit, limit]
        assert {hit.passage.version for hit in (*found.lexical, *found.dense)} == {1}
    assert (store.published(HEARTH, HABITS).version, len(store.published(HEARTH, HABITS).passages)) == (1, 40)
    store.publish(HEARTH, HABITS, 2)
    assert store.count(HEARTH, HABITS) == len(store.published(HEARTH, HABITS).passages) == 40


def test_shows_nothing_of_a_first_version_before_it_is_whole(
    opensearch: Client, store: OpenSearchPassages, alias: str
) -> None:
    stage(store, a_version(1, size=40))
    half_shown(opensearch, alias, 1, passages=39)
    assert versions_and_needles(look(store, text="needle straw")) == []
    with pytest.raises(NotFound):
        store.published(HEARTH, HABITS)


def test_shows_nothing_of_an_old_version_that_goes_where_the_new_one_has_no_such_words(
    store: OpenSearchPassages, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EndedError(Exception):
        """The writer was ended."""

    put(store, a_version(1, size=40))
    stage(store, a_version(2, size=40))

    def ends(*_: object) -> int:
        raise EndedError

    with monkeypatch.context() as patched:
        patched.setattr(Exchange, "delete", ends)
        with pytest.raises(EndedError):
            store.publish(HEARTH, HABITS, 2)
    assert versions_and_needles(look_for_words(store, "only1")) == []
    assert versions_and_needles(look_for_words(store, "only2")) == [(2, "only2 20")]
    assert store.published(HEARTH, HABITS).version == 2
    store.publish(HEARTH, HABITS, 2)
    assert store.count(HEARTH, HABITS) == 40
