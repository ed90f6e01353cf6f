import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from coaching.adapters.embedding.ollama import BATCH, MODELS, OllamaEmbedder
from coaching.errors import EmbedderUnavailable, UnusableDocument
from coaching.knowledge.ports import Block
from coaching.knowledge.split import split
from tests.adapters.embedding.contract import HABIT, INVOICE, EmbedderContract
from tests.support.loopback_server import Wire
from tests.support.ollama_server import EMBEDDING_WINDOW, OllamaServer

LONG = "habit " * (EMBEDDING_WINDOW + 1)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as running:
        yield running


@pytest.fixture
def embedder(server: OllamaServer) -> OllamaEmbedder:
    return OllamaEmbedder(server.url, retry_pause=0.0)


class TestOllamaEmbedder(EmbedderContract):
    """`embedder` is the fixture above."""


def test_puts_the_prefix_of_its_purpose_before_a_text(embedder: OllamaEmbedder, server: OllamaServer) -> None:
    embedder.embed([HABIT], "query")
    embedder.embed([HABIT], "passage")
    assert [request["input"] for request in server.requests] == [
        [f"search_query: {HABIT}"],
        [f"search_document: {HABIT}"],
    ]


def test_knows_the_models_name_with_its_tag(server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server.url, "all-minilm:22m")
    assert (embedder.model, embedder.dimension) == ("ollama-all-minilm:22m", 384)
    server.embedders["all-minilm:22m"] = 384
    embedder.embed([HABIT], "query")
    assert server.requests[0]["model"] == "all-minilm:22m"
    assert server.requests[0]["input"] == [HABIT]


def test_asks_for_many_texts_in_batches(embedder: OllamaEmbedder, server: OllamaServer) -> None:
    assert embedder.embed([HABIT, INVOICE] * BATCH, "passage").shape == (2 * BATCH, 768)
    assert [len(request["input"]) for request in server.requests] == [BATCH, BATCH]


def test_cuts_a_long_question_but_no_passage(embedder: OllamaEmbedder) -> None:
    assert embedder.embed([LONG], "query").shape == (1, 768)
    with pytest.raises(UnusableDocument, match="too long"):
        embedder.embed([LONG], "passage")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("text", ["habit " * 1_000, "日常の習慣" * 1_000, "a\U0001f642" * 5_000, "\ud800" * 9_000])
def test_reaches_no_further_than_the_model_reads_whatever_its_tokens_are(name: str, text: str) -> None:
    known, embedder = MODELS[name], OllamaEmbedder("http://127.0.0.1:1", name)
    reach = embedder.reach(text)
    read = (known.passage_prefix + text[:reach]).encode("utf-8", errors="replace")
    assert known.window - 2 - 4 < len(read) <= known.window - 2
    assert embedder.reach(text[:reach]) == reach
    assert embedder.reach("") == 0


def test_a_text_cut_by_its_reach_is_never_too_long(embedder: OllamaEmbedder) -> None:
    # As a model reads it that makes a token of every letter.
    pieces = split([Block("x " * 5_000)], size=8_000, overlap=0, tokens=embedder)
    assert len(pieces) > 4
    assert embedder.embed([" ".join(piece.text) for piece in pieces], "passage").shape == (len(pieces), 768)


def test_says_how_to_get_a_missing_model(server: OllamaServer) -> None:
    del server.embedders["nomic-embed-text"]
    with pytest.raises(EmbedderUnavailable, match=r"ollama pull nomic-embed-text"):
        OllamaEmbedder(server.url).embed([HABIT], "query")
    # A document would wait in vain.
    with pytest.raises(UnusableDocument, match=r"ollama pull nomic-embed-text"):
        OllamaEmbedder(server.url).embed([HABIT], "passage")


def test_refuses_a_model_that_it_does_not_know() -> None:
    unknown = OllamaEmbedder("http://127.0.0.1:1", "unheard-of")
    with pytest.raises(EmbedderUnavailable, match=r"choose one of nomic-embed-text"):
        unknown.embed([HABIT], "query")
    with pytest.raises(UnusableDocument, match=r"choose one of nomic-embed-text"):
        unknown.embed([HABIT], "passage")
    with pytest.raises(UnusableDocument, match=r"choose one of nomic-embed-text"):
        unknown.reach(HABIT)


def test_tries_once_more_where_the_queue_is_full(embedder: OllamaEmbedder, server: OllamaServer) -> None:
    def busy(wire: Wire) -> None:
        wire.error(503, "server busy, please try again.  maximum pending requests exceeded")

    server.expect(busy)
    assert embedder.embed([HABIT], "query").shape == (1, 768)
    server.expect(busy, busy)
    with pytest.raises(EmbedderUnavailable, match="503"):
        embedder.embed([HABIT], "query")


def test_says_that_nobody_listens() -> None:
    with OllamaServer() as stopped:
        url = stopped.url
    with pytest.raises(EmbedderUnavailable, match="Nothing answers"):
        OllamaEmbedder(url, retry_pause=0.0).embed([HABIT], "query")


def test_does_not_wait_for_ever(server: OllamaServer) -> None:
    server.expect(lambda wire: wire.wait())
    with pytest.raises(EmbedderUnavailable, match=r"within 0\.1 s"):
        OllamaEmbedder(server.url, query_seconds=0.1).embed([HABIT], "query")


def _answering(vectors: object) -> Callable[[Wire], None]:
    return lambda wire: wire.whole(200, json.dumps({"embeddings": vectors}).encode())


@pytest.mark.parametrize(
    "vectors", [[], [[0.0] * 768], [[1.0] * 384], [[1.0] * 768] * 2, [[1.0] * 768, [1.0]], "none", [[None] * 768]]
)
def test_refuses_what_is_no_vector(embedder: OllamaEmbedder, server: OllamaServer, vectors: object) -> None:
    server.expect(_answering(vectors))
    with pytest.raises(EmbedderUnavailable, match="no vectors of 768 numbers"):
        embedder.embed([HABIT], "query")


def test_brings_vectors_to_length_one(embedder: OllamaEmbedder, server: OllamaServer) -> None:
    server.expect(_answering([[2.0] * 768]))
    assert np.allclose(np.linalg.norm(embedder.embed([HABIT], "query"), axis=1), 1)
