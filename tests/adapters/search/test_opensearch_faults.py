"""What befalls a real OpenSearch, and what the store makes of it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client, connect
from coaching.adapters.search.opensearch_index import every
from coaching.errors import SearchUnavailable
from coaching.vocabulary import new_ulid
from tests.adapters.search.conftest import server
from tests.adapters.search.samples import HABITS, HEARTH, look, passage, passages, put, stage, texts
from tests.support.opensearch_server import Server

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]


class TestAServerThatFails:
    """It is a server of its own, since it is ended."""

    @pytest.fixture
    def failing(self) -> Iterator[Server]:
        with server() as own:
            yield own

    def test_is_restarted_during_a_bulk_and_nothing_is_lost_or_double(self, failing: Server) -> None:
        store = OpenSearchPassages(failing.url, timeout_seconds=30, retries=30)
        client = connect(failing.url, region="", timeout_seconds=30)
        many = passages(*(f"Habit number {number}. " * 20 for number in range(3_000)))
        put(store, passages("A first habit.", document_id="first"))  # type: ignore[arg-type]
        with ThreadPoolExecutor(1) as pool:
            staged = pool.submit(stage, store, many)
            _until_stored(client, 200)
            failing.kill()
            with pytest.raises(SearchUnavailable):
                look(OpenSearchPassages(failing.url))
            failing.start()
            staged.result(timeout=180)
        assert texts(look(store)) == {"A first habit."}
        store.publish(HEARTH, HABITS, 1)
        assert store.count(HEARTH, HABITS) == 3_000
        found = store.published(HEARTH, HABITS).passages
        assert [item.passage for item in found] == [item.passage for item in many]


class TestAServerThatRefuses:
    @pytest.fixture
    def alias(self, opensearch: Client) -> Iterator[str]:
        name = f"refusing-{new_ulid().lower()}"
        yield name
        opensearch.indices.delete(index=f"{name}-*")

    @pytest.fixture
    def store(self, opensearch_url: str, alias: str) -> OpenSearchPassages:
        return OpenSearchPassages(opensearch_url, alias=alias, timeout_seconds=30)

    def test_says_at_once_that_the_disk_is_nearly_full(
        self, store: OpenSearchPassages, alias: str, opensearch: Client
    ) -> None:
        put(store, passages("A habit."))
        stage(store, passages("Next habit.", version=2))
        block = "index.blocks.read_only_allow_delete"
        opensearch.indices.put_settings(index=every(alias), body={block: True})
        began = time.monotonic()
        attempts: tuple[Callable[[], None], ...] = (
            lambda: stage(store, passages("New habit.", version=3)),
            lambda: store.publish(HEARTH, HABITS, 2),
            lambda: store.remove(HEARTH, HABITS),
        )
        for work in attempts:
            with pytest.raises(SearchUnavailable, match="disk is nearly full"):
                work()
        assert time.monotonic() - began < 30  # a change by query alone would try for minutes
        assert texts(look(store)) == {"A habit."}
        opensearch.indices.put_settings(index=every(alias), body={block: None})
        store.publish(HEARTH, HABITS, 2)
        assert texts(look(store)) == {"Next habit."}

    def test_stores_the_other_passages_of_a_bulk_and_names_what_it_refused(
        self, store: OpenSearchPassages, alias: str, opensearch: Client
    ) -> None:
        nowhere = np.zeros(8, np.float32)  # a cosine with it is not defined
        bad = passage("Bad.", number=2, vector=nowhere)
        with pytest.raises(SearchUnavailable, match="refused 1 of 3 passages: 1 with 400 mapper_parsing_exception"):
            stage(store, [*passages("A habit.", "Two habits."), bad])
        opensearch.indices.refresh(index=alias)
        assert opensearch.count(index=alias)["count"] == 2
        assert store.count(HEARTH, HABITS) == 0
        put(store, passages("A habit.", "Two habits.", "Three habits."))
        assert store.count(HEARTH, HABITS) == 3


def _until_stored(client: Client, passages: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        stored = client.indices.stats(metric="indexing")["_all"]["primaries"]["indexing"]["index_total"]
        if stored >= passages:
            return
        time.sleep(0.01)
    raise AssertionError("Nothing was stored.")
