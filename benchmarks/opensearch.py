"""What our OpenSearch store adds to the request that it sends: `python -m benchmarks.opensearch`.

A real server on this machine holds the passages. Each question goes out twice: as the store sends it and makes
passages of the answer, and as the bare call of opensearch-py with the same body, whose answer is left as it comes.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import corpus
from benchmarks.figures import Figure
from coaching.adapters.embedding.hashing import HashEmbedder
from coaching.adapters.search.opensearch import OpenSearchPassages
from coaching.adapters.search.opensearch_client import Client
from coaching.adapters.search.opensearch_index import Space, space_alias
from coaching.adapters.search.opensearch_queries import dense_leg, lexical_leg, routing
from coaching.knowledge.ports import EmbeddedPassage, Query
from coaching.vocabulary import CreatorId, DocumentId, Passage, PassageId, Place
from tests.support.opensearch_artifacts import ServerMissing
from tests.support.opensearch_server import running

GOAL_MS = 0.5
_PASSAGES = 2_000
_QUESTIONS = 100
_ROUNDS = 3
_LIMIT = 50
_ALIAS = "passages"
_CREATOR = CreatorId("demo")
_DOCUMENT = DocumentId("01JB0000000000000000000001")
_CACHE = Path(".cache/opensearch")


def figures() -> list[Figure]:
    what = f"OpenSearch, {_PASSAGES:,} passages: our search / the bare call, p50"
    goal = f"<= {GOAL_MS} ms more"
    try:
        with running(_CACHE) as server:
            ours, bare = _measured(server.url)
    except ServerMissing as lacking:
        return [Figure(what, f"not measured: {str(lacking).splitlines()[0]}", goal)]
    return [Figure(what, f"{ours:.2f} ms / {bare:.2f} ms = {ours - bare:+.2f} ms", goal, ours - bare <= GOAL_MS)]


def _measured(url: str) -> tuple[float, float]:
    """Return both medians in milliseconds, of calls that took turns."""
    from opensearchpy import OpenSearch

    texts = corpus.passages(_PASSAGES)
    store, client = OpenSearchPassages(url, alias=_ALIAS, timeout_seconds=60), OpenSearch([url], timeout=60)
    _fill(store, texts)
    queries = [_query(text) for text in corpus.questions(texts, _QUESTIONS)]
    bodies = [_body(query) for query in queries]
    ours: list[float] = []
    bare: list[float] = []
    for round_number in range(_ROUNDS + 1):
        for query, body in zip(queries, bodies, strict=True):
            with _noted(ours if round_number else []):
                store.candidates(_CREATOR, query)
            with _noted(bare if round_number else []):
                _send(client, body)
    return statistics.median(ours), statistics.median(bare)


def _fill(store: OpenSearchPassages, texts: Sequence[str]) -> None:
    embedder = HashEmbedder()
    vectors = embedder.embed(texts, "passage")
    embedded = [
        EmbeddedPassage(_passage(*each), vector) for each, vector in zip(enumerate(texts), vectors, strict=True)
    ]
    store.stage(_CREATOR, _DOCUMENT, 1, embedded, embedder.model)
    store.publish(_CREATOR, _DOCUMENT, 1)


def _passage(number: int, text: str) -> Passage:
    place = Place(page=number // 3 + 1, heading=("Guide", f"Chapter {number // 20}"))
    name = PassageId(f"{_DOCUMENT}:1:{number:05d}")
    return Passage(name, _CREATOR, _DOCUMENT, 1, "Guide", text, place, 0, len(text), {"topic": "habits"})


def _query(text: str) -> Query:
    embedder = HashEmbedder()
    return Query(text, embedder.embed([text], "query")[0], embedder.model, _LIMIT)


def _body(query: Query) -> list[dict[str, object]]:
    assert query.vector is not None
    index = space_alias(_ALIAS, Space(query.embedding_model, len(query.vector)))
    header: dict[str, object] = {"index": index, "routing": routing(_CREATOR), "ignore_unavailable": True}
    return [header, lexical_leg(_CREATOR, query), header, dense_leg(_CREATOR, query, query.vector)]


def _send(client: Client, body: list[dict[str, object]]) -> object:
    return client.msearch(body=body)


@contextmanager
def _noted(taken: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    taken.append((time.perf_counter() - began) * 1000)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
